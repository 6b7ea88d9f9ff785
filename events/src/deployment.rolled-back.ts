import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** At least one device went back to the model it had before. */
export const deploymentRolledBack = defineEvent({
  name: 'deployment.rolled-back',
  version: 1,
  publisher: 'deployer',
  summary: 'At least one device went back to the model it had before.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    devices: z.array(z.string().min(1)).max(1000),
    reasons: Reasons,
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    devices: ['device-armv7l'],
    reasons: [
      {
        code: 'SELF_TEST_FAILED',
        message: 'The golden image gave other logits on device-armv7l.',
      },
    ],
  },
});

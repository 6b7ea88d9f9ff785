import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** The deployment ended without the model on the devices. */
export const deploymentFailed = defineEvent({
  name: 'deployment.failed',
  version: 1,
  publisher: 'deployer',
  summary: 'The deployment ended without the model on the devices.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    reasons: Reasons,
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    reasons: [
      {
        code: 'DEVICE_SILENT',
        message: 'device-armv7l did not answer within 24 hours.',
      },
    ],
  },
});

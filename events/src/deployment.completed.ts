import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run } from './fields.ts';

/** Every device runs the model and passed its self-test. */
export const deploymentCompleted = defineEvent({
  name: 'deployment.completed',
  version: 1,
  publisher: 'deployer',
  summary: 'Every device runs the model and passed its self-test.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    devices: z.array(z.string().min(1)).max(1000),
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    devices: ['device-x86-64', 'device-armv7l'],
  },
});

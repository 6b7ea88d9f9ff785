import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run } from './fields.ts';

/** The recipe asks for no deployment; the model waits in the bucket. */
export const deploymentSkipped = defineEvent({
  name: 'deployment.skipped',
  version: 1,
  publisher: 'deployer',
  summary: 'The recipe asks for no deployment; the model waits in the bucket.',
  data: z.object({ ...run, modelId: z.string().min(1).max(128) }),
  example: { ...exampleRun, modelId: 'flowers-ababababab' },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** Training waits for a free slot of the account quota (RESOURCE_LIMIT). */
export const trainingQueued = defineEvent({
  name: 'training.queued',
  version: 1,
  publisher: 'training-starter',
  summary: 'Training waits for a free slot of the account quota (RESOURCE_LIMIT).',
  data: z.object({ ...run, reasons: Reasons }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'RESOURCE_LIMIT',
        message: 'All 2 training slots are taken.',
        action: 'The run starts by itself when a slot is free.',
      },
    ],
  },
});

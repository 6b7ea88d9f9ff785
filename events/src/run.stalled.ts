import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** A stage did not end in its time and nothing answers for it. */
export const runStalled = defineEvent({
  name: 'run.stalled',
  version: 1,
  publisher: 'reconciler',
  summary: 'A stage did not end in its time and nothing answers for it.',
  data: z.object({ ...run, reasons: Reasons }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'STAGE_OVERDUE',
        message: 'Validation has not ended after 30 minutes.',
        action: 'Retry the run.',
      },
    ],
  },
});

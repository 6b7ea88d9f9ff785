import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** Training is not started: the project's budget for the month does not allow it. Nothing was spent. */
export const trainingRefused = defineEvent({
  name: 'training.refused',
  version: 1,
  publisher: 'training-starter',
  summary: "Training is not started: the project's budget for the month does not allow it. Nothing was spent.",
  data: z.object({ ...run, reasons: Reasons }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'BUDGET_EXCEEDED',
        message: 'The run needs about 0.39 USD; flowers has 0.12 of its 50.00 USD left for 2026-11.',
        action: 'Raise the budget of the project, or wait for the next month; then retry the run.',
      },
    ],
  },
});

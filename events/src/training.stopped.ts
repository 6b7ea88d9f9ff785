import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, Reasons, run } from './fields.ts';

/** Training was stopped from outside or ran into its time limit. */
export const trainingStopped = defineEvent({
  name: 'training.stopped',
  version: 1,
  publisher: 'training-starter',
  summary: 'Training was stopped from outside or ran into its time limit.',
  data: z.object({ ...run, jobName: JobName, reasons: Reasons, cost: JobCost.optional() }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-train-run-mzxw6ytboi2gk3tdmfza-t1',
    reasons: [
      {
        code: 'MAX_RUNTIME_EXCEEDED',
        message: 'Training reached its longest allowed time.',
      },
    ],
  },
});

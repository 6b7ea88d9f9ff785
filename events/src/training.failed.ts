import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, Reasons, run } from './fields.ts';

/** Training failed; the reasons name the cause and what to do. */
export const trainingFailed = defineEvent({
  name: 'training.failed',
  version: 1,
  publisher: 'training-starter',
  summary: 'Training failed; the reasons name the cause and what to do.',
  data: z.object({ ...run, jobName: JobName, reasons: Reasons, cost: JobCost.optional() }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-train-run-mzxw6ytboi2gk3tdmfza-t1',
    reasons: [
      {
        code: 'OUT_OF_MEMORY',
        message: 'The trainer ran out of memory.',
        action: 'Use a smaller batchSize or imageSize.',
      },
    ],
  },
});

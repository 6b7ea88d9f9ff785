import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, ObjectKey, run } from './fields.ts';

/** Training ended well and its model is in the bucket. */
export const trainingCompleted = defineEvent({
  name: 'training.completed',
  version: 1,
  publisher: 'training-starter',
  summary: 'Training ended well and its model is in the bucket.',
  data: z.object({
    ...run,
    jobName: JobName,
    modelKey: ObjectKey,
    cost: JobCost.optional(),
  }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-train-run-mzxw6ytboi2gk3tdmfza-t1',
    modelKey: 'runs/run-mzxw6ytboi2gk3tdmfza/model/df-dev-train-run-mzxw6ytboi2gk3tdmfza-t1/output/model.tar.gz',
    cost: {
      ...{ instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: true },
      ...{ billedSeconds: 200, seconds: 600, usd: 0.087222, savedUsd: 0.174444 },
    },
  },
});

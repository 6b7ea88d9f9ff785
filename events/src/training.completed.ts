import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobName, ObjectKey, run } from './fields.ts';

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
    trainingSeconds: z.number().nonnegative().optional(),
  }),
  example: {
    ...exampleRun,
    jobName: 'df-train-run-mzxw6ytboi2gk3tdmfza-t1',
    modelKey: 'runs/run-mzxw6ytboi2gk3tdmfza/model/df-train-run-mzxw6ytboi2gk3tdmfza-t1/output/model.tar.gz',
    trainingSeconds: 74.5,
  },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobName, run } from './fields.ts';

/** A SageMaker training job runs for this attempt. */
export const trainingStarted = defineEvent({
  name: 'training.started',
  version: 1,
  publisher: 'training-starter',
  summary: 'A SageMaker training job runs for this attempt.',
  data: z.object({
    ...run,
    jobName: JobName,
    instanceType: z.string().min(1),
    instanceCount: z.int().positive().default(1),
    spot: z.boolean().default(false),
  }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-train-run-mzxw6ytboi2gk3tdmfza-t1',
    instanceType: 'ml.c7i.xlarge',
    instanceCount: 1,
    spot: false,
  },
});

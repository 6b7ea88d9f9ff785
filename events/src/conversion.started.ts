import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobName, run } from './fields.ts';

/** A SageMaker processing job converts the trained model. */
export const conversionStarted = defineEvent({
  name: 'conversion.started',
  version: 1,
  publisher: 'conversion-starter',
  summary: 'A SageMaker processing job converts the trained model.',
  data: z.object({ ...run, jobName: JobName }),
  example: { ...exampleRun, jobName: 'df-dev-convert-run-mzxw6ytboi2gk3tdmfza-t1' },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, Reasons, run } from './fields.ts';

/** Nothing could be converted; the reasons name the node or the compiler error. */
export const conversionFailed = defineEvent({
  name: 'conversion.failed',
  version: 1,
  publisher: 'conversion-starter',
  summary: 'Nothing could be converted; the reasons name the node or the compiler error.',
  data: z.object({ ...run, jobName: JobName, reasons: Reasons, cost: JobCost.optional() }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-convert-run-mzxw6ytboi2gk3tdmfza-t1',
    reasons: [{ code: 'COMPILER_MISSING', message: 'clang was not found.' }],
  },
});

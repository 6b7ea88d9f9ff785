import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, ObjectKey, run, Sha256 } from './fields.ts';

/** At least one target was built; artifact and verification files are in the bucket. */
export const conversionCompleted = defineEvent({
  name: 'conversion.completed',
  version: 1,
  publisher: 'conversion-starter',
  summary: 'At least one target was built; artifact and verification files are in the bucket.',
  data: z.object({
    ...run,
    jobName: JobName,
    artifactPrefix: ObjectKey,
    verificationPrefix: ObjectKey,
    manifestDigest: Sha256,
    cost: JobCost.optional(),
  }),
  example: {
    ...exampleRun,
    jobName: 'df-dev-convert-run-mzxw6ytboi2gk3tdmfza-t1',
    artifactPrefix: 'runs/run-mzxw6ytboi2gk3tdmfza/artifact/t1/',
    verificationPrefix: 'runs/run-mzxw6ytboi2gk3tdmfza/verification/t1/',
    manifestDigest: 'ef'.repeat(32),
  },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run, Sha256 } from './fields.ts';

/** A person refuses the delivery of this exact model; a retry asks again. */
export const modelDeclined = defineEvent({
  name: 'model.declined',
  version: 1,
  publisher: 'api',
  summary: 'A person refuses the delivery of this exact model; a retry asks again.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    modelDigest: Sha256,
    by: z.string().min(1).max(200),
    reasons: Reasons,
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    modelDigest: 'ab'.repeat(32),
    by: 'ana@example.com',
    reasons: [
      {
        code: 'DECLINED',
        message: 'ana@example.com declined the delivery.',
        action: 'Retry the run to be asked again.',
      },
    ],
  },
});

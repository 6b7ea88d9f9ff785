import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, run, Sha256 } from './fields.ts';

/** A person allows the delivery of this exact model. */
export const modelApproved = defineEvent({
  name: 'model.approved',
  version: 1,
  publisher: 'api',
  summary: 'A person allows the delivery of this exact model.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    modelDigest: Sha256,
    by: z.string().min(1).max(200),
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    modelDigest: 'ab'.repeat(32),
    by: 'ana@example.com',
  },
});

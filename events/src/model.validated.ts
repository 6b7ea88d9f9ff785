import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, run, Sha256, Target } from './fields.ts';

/** The converted model passed the gate: every target computes the same integers as the reference. */
export const modelValidated = defineEvent({
  name: 'model.validated',
  version: 1,
  publisher: 'model-validator',
  summary: 'The converted model passed the gate: every target computes the same integers as the reference.',
  data: z.object({
    ...run,
    modelId: z.string().min(1).max(128),
    modelDigest: Sha256,
    accuracy: z.number().min(0).max(1),
    targets: z.array(Target).min(1),
    decisionKey: ObjectKey,
    /** null: the recipe asks for no deployment. */
    deployment: z.object({ to: z.string().min(1), approval: z.enum(['auto', 'manual']) }).nullable(),
  }),
  example: {
    ...exampleRun,
    modelId: 'flowers-ababababab',
    modelDigest: 'ab'.repeat(32),
    accuracy: 0.91,
    targets: ['x86_64', 'armv7l'],
    decisionKey: 'models/flowers-ababababab/decision.json',
    deployment: { to: 'dropforge-devices', approval: 'manual' },
  },
});

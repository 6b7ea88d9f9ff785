import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, run, Sha256, Target } from './fields.ts';

/** The recipe fits the dataset; the training configuration is written and may be spent on. */
export const configRendered = defineEvent({
  name: 'config.rendered',
  version: 1,
  publisher: 'config-renderer',
  summary: 'The recipe fits the dataset; the training configuration is written and may be spent on.',
  data: z.object({
    ...run,
    configKey: ObjectKey,
    configDigest: Sha256,
    dataset: Sha256,
    targets: z.array(Target).min(1),
    /** In order of preference. */
    instanceTypes: z.array(z.string().min(1)).min(1).max(10),
    /** Spare capacity: cheaper, may be interrupted and resumed. */
    spot: z.boolean(),
    /** SageMaker ends a job that runs longer. */
    maximumSeconds: z.int().positive(),
  }),
  example: {
    ...exampleRun,
    configKey: 'runs/run-mzxw6ytboi2gk3tdmfza/config/t1/training.json',
    configDigest: 'cd'.repeat(32),
    dataset: 'ab'.repeat(32),
    targets: ['x86_64', 'armv7l'],
    instanceTypes: ['ml.g5.xlarge'],
    spot: false,
    maximumSeconds: 7_200,
  },
});

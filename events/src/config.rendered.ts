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
    /** Where no type has spare capacity, they are tried on demand, in the same order. */
    onDemandFallback: z.boolean().default(true),
    /** Of a job; more than one train together. */
    instanceCount: z.int().positive().default(1),
    /** SageMaker ends a job that runs longer. */
    maximumSeconds: z.int().positive(),
    /** How long a job may wait for spare capacity, all its interruptions together. */
    spotWaitSeconds: z.int().positive().default(3_600),
    /** How long the run may wait for capacity in all. */
    maximumWaitSeconds: z.int().positive().default(86_400),
    /** US dollars for an hour of one instance, by type, where the price is known. */
    usdPerHour: z.record(z.string(), z.number().positive()).default({}),
    /** Training is expected to take so long, start and export included. */
    estimatedSeconds: z.int().positive().optional(),
    /** For the first type, on demand; absent: its price is not known. */
    estimatedUsd: z.number().nonnegative().optional(),
    /** No job can cost more, whatever its type; absent: a price is not known. */
    maximumUsd: z.number().nonnegative().optional(),
  }),
  example: {
    ...exampleRun,
    configKey: 'runs/run-mzxw6ytboi2gk3tdmfza/config/t1/training.json',
    configDigest: 'cd'.repeat(32),
    dataset: 'ab'.repeat(32),
    targets: ['x86_64', 'armv7l'],
    instanceTypes: ['ml.g5.xlarge'],
    spot: false,
    onDemandFallback: true,
    instanceCount: 1,
    maximumSeconds: 7_200,
    spotWaitSeconds: 3_600,
    maximumWaitSeconds: 86_400,
    usdPerHour: { 'ml.g5.xlarge': 1.57 },
    estimatedSeconds: 900,
    estimatedUsd: 0.3925,
    maximumUsd: 3.14,
  },
});

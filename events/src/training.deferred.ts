import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, JobCost, JobName, Reasons, run } from './fields.ts';

/** AWS has no capacity for the instance type (CAPACITY_ERROR) or asks to slow down (THROTTLING); training is tried again later. */
export const trainingDeferred = defineEvent({
  name: 'training.deferred',
  version: 1,
  publisher: 'training-starter',
  summary:
    'AWS has no capacity for the instance type (CAPACITY_ERROR) or asks to slow down (THROTTLING); training is tried again later.',
  data: z.object({
    ...run,
    reasons: Reasons,
    /** What the next try takes: its place in the order of types, spot before on demand. */
    next: z.int().nonnegative().default(0),
    /** Since when the run has waited for capacity. */
    waitingSince: z.iso.datetime().optional(),
    /** The job that was accepted and had no capacity, or lost it. */
    jobName: JobName.optional(),
    cost: JobCost.optional(),
  }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'CAPACITY_ERROR',
        message: 'No ml.c7i.xlarge is free in this region.',
        action: 'The run tries again by itself.',
      },
    ],
    next: 1,
    waitingSince: '2026-11-22T09:30:00.000Z',
  },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, Reasons, run } from './fields.ts';

/** AWS has no capacity for the instance type (CAPACITY_ERROR) or asks to slow down (THROTTLING); training is tried again later. */
export const trainingDeferred = defineEvent({
  name: 'training.deferred',
  version: 1,
  publisher: 'training-starter',
  summary:
    'AWS has no capacity for the instance type (CAPACITY_ERROR) or asks to slow down (THROTTLING); training is tried again later.',
  data: z.object({ ...run, reasons: Reasons }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'CAPACITY_ERROR',
        message: 'No ml.c7i.xlarge is free in this region.',
        action: 'The run tries again by itself.',
      },
    ],
  },
});

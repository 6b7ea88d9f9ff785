import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, Reasons, run } from './fields.ts';

/** The converted model failed the gate and is not delivered. */
export const modelRejected = defineEvent({
  name: 'model.rejected',
  version: 1,
  publisher: 'model-validator',
  summary: 'The converted model failed the gate and is not delivered.',
  data: z.object({
    ...run,
    reasons: Reasons,
    decisionKey: ObjectKey.optional(),
  }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'TARGET_DISAGREES',
        message: 'armv7l differs from the reference on golden image 3.',
      },
    ],
  },
});

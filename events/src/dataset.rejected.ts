import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, Reasons, run } from './fields.ts';

/** A dropped dataset is unfit for training; the reasons say what to fix. The drop is untouched. */
export const datasetRejected = defineEvent({
  name: 'dataset.rejected',
  version: 1,
  publisher: 'dataset-validator',
  summary: 'A dropped dataset is unfit for training; the reasons say what to fix. The drop is untouched.',
  data: z.object({
    ...run,
    reasons: Reasons,
    reasonCount: z.int().positive(),
    reportKey: ObjectKey.optional(),
  }),
  example: {
    ...exampleRun,
    reasons: [
      {
        code: 'EMPTY_CLASS',
        message: 'The class "tulip" has no image.',
        where: 'flowers/tulip/',
        action: 'Add images to the folder or remove it.',
      },
    ],
    reasonCount: 1,
  },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, run, Sha256 } from './fields.ts';

/** A dropped dataset is complete, decodable and frozen as a content-addressed version. */
export const datasetValidated = defineEvent({
  name: 'dataset.validated',
  version: 1,
  publisher: 'dataset-validator',
  summary: 'A dropped dataset is complete, decodable and frozen as a content-addressed version.',
  data: z.object({
    ...run,
    dataset: Sha256,
    manifestKey: ObjectKey,
    reportKey: ObjectKey.optional(),
    recipeKey: ObjectKey.optional(),
    classes: z.int().min(2),
    trainImages: z.int().positive(),
    validationImages: z.int().positive(),
    excludedImages: z.int().nonnegative(),
  }),
  example: {
    ...exampleRun,
    dataset: 'ab'.repeat(32),
    manifestKey: `datasets/${'ab'.repeat(32)}/manifest.json`,
    classes: 5,
    trainImages: 3_600,
    validationImages: 400,
    excludedImages: 2,
  },
});

import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { exampleRun, ObjectKey, RecipeText, run, Sha256 } from './fields.ts';

/** A complete drop has arrived and its validation begins. */
export const datasetReceived = defineEvent({
  name: 'dataset.received',
  version: 1,
  publisher: 'dataset-validator',
  summary: 'A complete drop has arrived and its validation begins.',
  data: z.object({
    ...run,
    source: z.union([
      z.strictObject({
        drop: ObjectKey,
        kind: z.enum(['archive', 'files']),
        bytes: z.int().nonnegative(),
        /** The archive's version; absent: the newest. */ versionId: z.string().max(1024).optional(),
      }),
      z.strictObject({ dataset: Sha256 }),
    ]),
    recipe: RecipeText.optional(),
  }),
  example: {
    ...exampleRun,
    source: {
      drop: 'drops/flowers/may/flowers.zip',
      kind: 'archive',
      bytes: 48_211_932,
    },
  },
});

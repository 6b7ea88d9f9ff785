import { z } from 'zod';
import { defineEvent } from './define-event.ts';
import { ObjectKey, Project, RecipeText, Sha256 } from './fields.ts';

/** Someone asks for a run: on a drop that is already in the bucket, or on a dataset version that was validated before. */
export const trainingRequested = defineEvent({
  name: 'training.requested',
  version: 1,
  publisher: 'api',
  summary:
    'Someone asks for a run: on a drop that is already in the bucket, or on a dataset version that was validated before.',
  data: z.object({
    project: Project,
    /** The same key is the same run, however often it is asked for. */
    idempotencyKey: z.string().min(1).max(200),
    source: z.union([z.strictObject({ drop: ObjectKey }), z.strictObject({ dataset: Sha256 })]),
    /** The text of a recipe.yaml; it wins over the one in the drop. */
    recipe: RecipeText.optional(),
  }),
  example: {
    project: 'flowers',
    idempotencyKey: 'nightly-2026-11-22',
    source: { drop: 'drops/flowers/may/flowers.zip' },
  },
});

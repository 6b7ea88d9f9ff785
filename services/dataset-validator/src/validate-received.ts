import {
  type AnyEvent,
  type datasetReceived,
  datasetRejected,
  datasetValidated,
  type EventOf,
} from '@dropforge/events';
import { bucketKeys } from '@dropforge/pipeline-state';
import { z } from 'zod';
import { DropMissing, type Ports } from './ports.ts';
import { validateDataset } from './validate-dataset.ts';

/** Validates what was received: a drop is decoded and frozen; a dataset version that is frozen already is looked up. */
export async function validateReceived(event: EventOf<typeof datasetReceived>, ports: Ports): Promise<AnyEvent> {
  const { runId, project, attempt, source, recipe } = event.data;
  const subject = { runId, project, attempt };
  if ('dataset' in source) {
    if (recipe === undefined) return lookUp(source.dataset, subject, ports);
    const recipeKey = bucketKeys.recipe(runId);
    await ports.runFiles.write(recipeKey, Buffer.from(recipe), 'application/yaml');
    return lookUp(source.dataset, { ...subject, recipeKey }, ports);
  }
  try {
    const result = await validateDataset({ runId, ...source, ...(recipe === undefined ? {} : { recipe }) }, ports);
    if (result.outcome === 'rejected') return datasetRejected.of({ ...subject, ...result });
    return datasetValidated.of({ ...subject, ...result });
  } catch (error) {
    if (!(error instanceof DropMissing)) throw error;
    const reason = {
      code: 'DROP_MISSING',
      message: error.message,
      where: source.drop,
      action: 'Upload the drop and ask for the run again.',
    };
    return datasetRejected.of({ ...subject, reasons: [reason], reasonCount: 1 });
  }
}

const Manifest = z.object({
  classes: z.array(z.string()).min(2),
  splits: z.object({ train: z.object({ images: z.int() }), validation: z.object({ images: z.int() }) }),
});

async function lookUp(
  dataset: string,
  subject: { runId: string; project: string; attempt: number; recipeKey?: string },
  ports: Ports,
): Promise<AnyEvent> {
  const manifest = Manifest.safeParse(await ports.readManifest(dataset)).data;
  const manifestKey = bucketKeys.manifest(dataset);
  if (!manifest) {
    const reason = {
      code: 'NO_SUCH_DATASET',
      message: 'There is no dataset version with this digest.',
      where: manifestKey,
      action: 'Take the digest from a validated run.',
    };
    return datasetRejected.of({ ...subject, reasons: [reason], reasonCount: 1 });
  }
  const { classes, splits } = manifest;
  const counts = {
    classes: classes.length,
    trainImages: splits.train.images,
    validationImages: splits.validation.images,
  };
  return datasetValidated.of({ ...subject, dataset, manifestKey, ...counts, excludedImages: 0 });
}

import { defaultGatePolicy } from '@dropforge/quantized-inference';
import { always, type Default, fromDataset } from './decide.ts';
import type { DatasetFacts, ResolvedBudget } from './resolved-recipe.ts';
import type { Recipe, Size } from './schema.ts';

/** What the dataset-validator needs of a recipe before there is a dataset to resolve it against. */
export function datasetRules(recipe: Recipe): { validationFraction: number; badImageTolerance: number } {
  return {
    validationFraction: recipe.split?.validation ?? 0.1,
    badImageTolerance: recipe.tolerance?.badImages ?? 0.01,
  };
}

export function defaultName({ project = '' }: DatasetFacts): Default<string> {
  const slug = project
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? always('model', 'no name was given') : fromDataset(slug, 'the name of the project');
}

export function defaultImageSize({ typicalSize }: DatasetFacts): Default<Size> {
  const square = (side: number) => ({ height: side, width: side });
  if (!typicalSize) return always(square(32), 'the size the network was made for');
  const { height, width } = typicalSize;
  if (Math.min(height, width) <= 48) return fromDataset(square(32), `typical images have ${height} x ${width} pixels`);
  return fromDataset(
    square(64),
    `typical images have ${height} x ${width} pixels; larger sides cost with their square`,
  );
}

/** Large inputs get smaller batches so that the activations of a step stay within a few gigabytes. */
export function defaultBatchSize({ trainImages }: DatasetFacts, { height, width }: Size): Default<number> {
  const fits = powerOfTwoBelow(2 ** 20 / (height * width));
  const fills = powerOfTwoBelow(trainImages / 4);
  const value = Math.max(2, Math.min(64, fits, fills));
  if (value === 64) return always(value, 'more updates than larger batches at the same speed');
  if (fits < fills) return fromDataset(value, `keeps a step in memory at ${height} x ${width} pixels`);
  return fromDataset(value, `at least four steps an epoch with ${trainImages} training images`);
}

/** About half a million images seen, which is where CIFAR-10 stops gaining quickly. */
export function defaultBudget({ trainImages }: DatasetFacts): Default<ResolvedBudget> {
  const epochs = Math.min(100, Math.max(10, Math.ceil(500_000 / trainImages)));
  return fromDataset({ epochs }, `about 500,000 images seen, in 10 to 100 passes over ${trainImages}`);
}

export function defaultWidth(budget: ResolvedBudget): Default<number> {
  if ('seconds' in budget && budget.seconds <= 120)
    return always(0.5, 'a short budget reaches more with a smaller network');
  return always(1, 'the full network');
}

export function defaultLearningRate(optimizer: 'adam' | 'momentum'): Default<number> {
  if (optimizer === 'adam') return always(0.004, 'the best of four rates tried on CIFAR-10');
  return always(0.001, 'the customary first try with momentum 0.9');
}

/** A tenth of the way from guessing to perfect: a model below that has learned nothing worth delivering. */
export function defaultMinimumAccuracy({ classes }: DatasetFacts): Default<number> {
  const chance = 1 / Math.max(1, classes.length);
  const value = Math.round((chance + (1 - chance) / 10) * 1e4) / 1e4;
  return fromDataset(value, `guessing among ${classes.length} classes reaches ${percent(chance)}`);
}

export const GATE_DEFAULTS = defaultGatePolicy;

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function powerOfTwoBelow(value: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, value))));
}

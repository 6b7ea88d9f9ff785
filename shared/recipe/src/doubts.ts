import { estimateStepBytes } from './estimate.ts';
import { type Draft, faultIf } from './fault.ts';
import type { DatasetFacts, ResolvedRecipe } from './resolved-recipe.ts';
import { stepsOf } from './schedule.ts';

/** What will run but is probably not what was meant. */
export function findDoubts(recipe: ResolvedRecipe, facts: DatasetFacts): Draft[] {
  return [...doubtLearning(recipe, facts), ...doubtEvidence(recipe, facts), ...doubtRuntime(recipe)];
}

function doubtLearning({ budget, batchSize, imageSize, network }: ResolvedRecipe, facts: DatasetFacts): Draft[] {
  const { classes, trainImages, typicalSize } = facts;
  const steps = stepsOf(budget, trainImages, batchSize);
  const gibibytes = estimateStepBytes(batchSize, imageSize, network.width) / 2 ** 30;
  const perClass = Math.round(trainImages / Math.max(1, classes.length));
  const isEnlarged =
    typicalSize !== undefined && imageSize.height > 2 * typicalSize.height && imageSize.width > 2 * typicalSize.width;
  return [
    ...faultIf(steps !== undefined && steps < 200, {
      code: 'FEW_STEPS',
      path: ['budget'],
      message: `Training takes only ${steps} steps.`,
      action: 'Raise budget.epochs or lower batchSize.',
    }),
    ...faultIf(gibibytes > 8, {
      code: 'MEMORY_HIGH',
      path: ['batchSize'],
      message: `A step holds about ${gibibytes.toFixed(0)} GiB of activations.`,
      action: 'Lower batchSize or imageSize.',
    }),
    ...faultIf(perClass < 20, {
      code: 'FEW_IMAGES',
      path: [],
      message: `There are only about ${perClass} training images for each class.`,
      action: 'Drop more images.',
    }),
    ...faultIf(isEnlarged, {
      code: 'IMAGES_ENLARGED',
      path: ['imageSize'],
      message: 'Images are enlarged more than twice, which costs time and adds nothing.',
      action: 'Lower imageSize.',
    }),
  ];
}

function doubtEvidence({ gates, evaluation }: ResolvedRecipe, { classes, validationImages }: DatasetFacts): Draft[] {
  const chance = 1 / Math.max(1, classes.length);
  return [
    ...faultIf(gates.minimumAccuracy <= chance, {
      code: 'GATE_BELOW_CHANCE',
      path: ['gates', 'minimumAccuracy'],
      message: `Guessing passes a minimum accuracy of ${gates.minimumAccuracy}.`,
      action: `Use more than ${Math.round(chance * 1000) / 1000}.`,
    }),
    ...faultIf(evaluation.images > validationImages, {
      code: 'FEW_HELD_OUT_IMAGES',
      path: ['evaluation', 'images'],
      message: `Only ${validationImages} held-out images exist; all are measured.`,
      action: 'Raise split.validation or drop more images.',
    }),
  ];
}

function doubtRuntime({ budget, training }: ResolvedRecipe): Draft[] {
  const { estimatedSeconds, maximumRuntimeSeconds } = training;
  return faultIf('epochs' in budget && estimatedSeconds > maximumRuntimeSeconds, {
    code: 'RUNTIME_SHORT',
    path: ['training', 'maximumRuntimeSeconds'],
    message: `Training takes about ${estimatedSeconds} s on two cores and is stopped after ${maximumRuntimeSeconds} s.`,
    action: 'Raise the limit, lower budget.epochs, or give budget.seconds.',
  });
}

import { ENGINE_LIMITS } from './choices.ts';
import type { PriceOf } from './cost/prices.ts';
import { type Draft, faultIf, oneOf } from './fault.ts';
import type { DatasetFacts, ResolvedRecipe } from './resolved-recipe.ts';

/** Mistakes that only show when fields meet each other or the dataset. None may be spent on. */
export function findConflicts(recipe: ResolvedRecipe, facts: DatasetFacts, priceOf: PriceOf): Draft[] {
  return [
    ...checkDataset(facts),
    ...checkBatch(recipe, facts),
    ...checkScheduleEpochs(recipe),
    ...checkAugmentationSizes(recipe),
    ...checkGoldenImages(recipe, facts),
    ...checkRequiredTargets(recipe),
    ...checkEngine(recipe),
    ...checkRuntime(recipe, priceOf),
  ];
}

function checkDataset({ classes, trainImages, validationImages }: DatasetFacts): Draft[] {
  return [
    ...faultIf(classes.length < 2, {
      code: 'CLASSES_TOO_FEW',
      path: [],
      message: `The dataset has ${classes.length} class; telling classes apart needs two.`,
      action: 'Drop images of at least two classes.',
    }),
    ...faultIf(trainImages < 2, {
      code: 'TRAINING_IMAGES_TOO_FEW',
      path: [],
      message: `The dataset has ${trainImages} training images.`,
      action: 'Drop more images.',
    }),
    ...faultIf(validationImages < 1, {
      code: 'VALIDATION_EMPTY',
      path: [],
      message: 'The dataset has no held-out image to measure on.',
      action: 'Drop more images, or raise split.validation.',
    }),
  ];
}

function checkBatch({ batchSize }: ResolvedRecipe, { trainImages }: DatasetFacts): Draft[] {
  return faultIf(batchSize > trainImages && trainImages >= 2, {
    code: 'BATCH_EXCEEDS_DATASET',
    path: ['batchSize'],
    message: `batchSize is ${batchSize}, but there are only ${trainImages} training images.`,
    action: `Use at most ${trainImages}.`,
    nearest: [trainImages],
  });
}

/** With fewer epochs the warm-up and the drops leave hardly a step at the full rate. */
function checkScheduleEpochs({ schedule, budget }: ResolvedRecipe): Draft[] {
  return faultIf(schedule.name === '3-step-with-warmup' && 'epochs' in budget && budget.epochs < 5, {
    code: 'SCHEDULE_NEEDS_EPOCHS',
    path: ['budget', 'epochs'],
    message: 'The schedule 3-step-with-warmup needs at least 5 epochs for its warm-up and three drops.',
    action: 'Use 5, or the schedule cosine.',
    nearest: [5],
  });
}

/** What an augmentation moves or covers must leave some of the image. */
function checkAugmentationSizes({ augmentations, imageSize }: ResolvedRecipe): Draft[] {
  const side = Math.min(imageSize.height, imageSize.width);
  const limits = new Map([
    ['shift', { field: 'pixels', most: side / 2 }],
    ['pad', { field: 'pixels', most: side }],
    ['random-patch-cut', { field: 'maxSize', most: side }],
  ]);
  return augmentations.flatMap((augmentation, index) => {
    const limit = limits.get(augmentation.name);
    if (limit === undefined) return [];
    const { field, most } = limit;
    return faultIf(Number(augmentation[field]) > most, {
      code: 'AUGMENTATION_TOO_LARGE',
      path: ['augmentations', index, field],
      message: `${augmentation.name} by ${augmentation[field]} pixels is too much for sides of ${side} pixels.`,
      action: `Use at most ${most}.`,
      nearest: [most],
    });
  });
}

function checkGoldenImages({ evaluation }: ResolvedRecipe, { validationImages }: DatasetFacts): Draft[] {
  const measured = Math.max(1, Math.min(evaluation.images, validationImages));
  return faultIf(evaluation.goldenImages > measured, {
    code: 'GOLDEN_IMAGES_TOO_MANY',
    path: ['evaluation', 'goldenImages'],
    message: `${evaluation.goldenImages} golden images are more than the ${measured} images that are measured.`,
    action: `Use at most ${measured}.`,
    nearest: [measured],
  });
}

function checkRequiredTargets({ gates, targets }: ResolvedRecipe): Draft[] {
  return gates.requiredTargets.flatMap((target, index) =>
    faultIf(!targets.some((built) => built === target), {
      code: 'TARGET_NOT_BUILT',
      path: ['gates', 'requiredTargets', index],
      message: `The gate requires ${target}, which is not among the targets.`,
      action: `Add ${target} to targets, or remove it here.`,
      nearest: [...targets],
    }),
  );
}

/** The conversion would say the same, but only after the training was paid. */
function checkEngine({ imageSize, network, targets }: ResolvedRecipe): Draft[] {
  const { pixels, width } = ENGINE_LIMITS;
  const fits = imageSize.height * imageSize.width <= pixels && network.width <= width;
  return faultIf(!fits && targets.includes('fpga'), {
    code: 'ENGINE_TOO_SMALL',
    path: ['targets', targets.indexOf('fpga')],
    message: `The engine of fpga holds a network of width ${width} and images of ${pixels} pixels at most, not width ${network.width} and ${imageSize.height} x ${imageSize.width}.`,
    action: `Use network.width ${width} or less and imageSize 32, or leave fpga out.`,
  });
}

function checkRuntime({ budget, training }: ResolvedRecipe, priceOf: PriceOf): Draft[] {
  const { maximumCostUsd, maximumRuntimeSeconds, instanceTypes, instanceUsdPerHour } = training;
  const unknown = instanceUsdPerHour === null ? instanceTypes.filter((type) => priceOf(type) === undefined) : [];
  return [
    ...faultIf(maximumCostUsd !== null && unknown.length > 0, {
      code: 'COST_NEEDS_PRICE',
      path: ['training', 'maximumCostUsd'],
      message: `A cost limit needs prices, and that of ${oneOf(unknown)} is not known here.`,
      action: 'Give training.instanceUsdPerHour.',
    }),
    ...faultIf('seconds' in budget && budget.seconds > maximumRuntimeSeconds, {
      code: 'BUDGET_EXCEEDS_RUNTIME',
      path: ['budget', 'seconds'],
      message: `The limits of time and cost allow ${maximumRuntimeSeconds} s, less than the budget.`,
      action: `Use at most ${maximumRuntimeSeconds}, or raise the limits in training.`,
      nearest: [maximumRuntimeSeconds],
    }),
  ];
}

import { type Augmentation, augmentationDefaults, type ResolvedAugmentation } from './augmentations.ts';
import { always, type Decide } from './decide.ts';
import * as defaults from './defaults.ts';
import type { DatasetFacts, ResolvedOptimizer, ResolvedRecipe, ResolvedSchedule } from './resolved-recipe.ts';
import { DEFAULT_WARMUP } from './schedule.ts';
import type { Recipe } from './schema.ts';

type Learning = Pick<
  ResolvedRecipe,
  | 'network'
  | 'imageSize'
  | 'batchSize'
  | 'budget'
  | 'optimizer'
  | 'schedule'
  | 'augmentations'
  | 'labelSmoothing'
  | 'weightDecay'
  | 'quantization'
>;

/** What is learned and how: everything that changes the weights, the seed aside. */
export function decideLearning(recipe: Recipe, facts: DatasetFacts, decide: Decide): Learning {
  const network = decide('network.name', recipe.network?.name, always('lmnet-v1', 'the only network'));
  const imageSize = decide('imageSize', recipe.imageSize, defaults.defaultImageSize(facts));
  const batchSize = decide('batchSize', recipe.batchSize, defaults.defaultBatchSize(facts, imageSize));
  const budget = decide('budget', toBudget(recipe.budget), defaults.defaultBudget(facts));
  const width = decide('network.width', widthOf(recipe), defaults.defaultWidth(budget));
  return {
    network: { name: network, width },
    imageSize,
    batchSize,
    budget,
    optimizer: decideOptimizer(recipe, decide),
    schedule: decideSchedule(recipe, decide),
    augmentations: decideAugmentations(recipe, Math.min(imageSize.height, imageSize.width), decide),
    labelSmoothing: decide('labelSmoothing', recipe.labelSmoothing, always(0.05, 'keeps logits small')),
    weightDecay: decide('weightDecay', recipe.weightDecay, always(0, 'clipped 1-bit weights need none')),
    quantization: decideQuantization(recipe, decide),
  };
}

function toBudget(budget: Recipe['budget']) {
  if (budget?.epochs !== undefined) return { epochs: budget.epochs };
  return budget?.seconds === undefined ? undefined : { seconds: budget.seconds };
}

function widthOf({ network }: Recipe): number | undefined {
  return network !== undefined && 'width' in network ? network.width : undefined;
}

function decideOptimizer({ optimizer }: Recipe, decide: Decide): ResolvedOptimizer {
  const given = optimizer === undefined || !('learningRate' in optimizer) ? undefined : optimizer.learningRate;
  const name = decide('optimizer.name', optimizer?.name, always('adam', 'needs little tuning with 1-bit weights'));
  const learningRate = decide('optimizer.learningRate', given, defaults.defaultLearningRate(name));
  if (name === 'adam') return { name, learningRate };
  const kept = optimizer !== undefined && 'momentum' in optimizer ? optimizer.momentum : undefined;
  return { name, learningRate, momentum: decide('optimizer.momentum', kept, always(0.9, 'the customary value')) };
}

function decideSchedule({ schedule }: Recipe, decide: Decide): ResolvedSchedule {
  const name = decide('schedule.name', schedule?.name, always('cosine', 'ends annealed whatever the budget'));
  if (name !== 'cosine' && name !== '3-step-with-warmup') return { name };
  const given = schedule !== undefined && 'warmup' in schedule ? schedule.warmup : undefined;
  const warmup = decide('schedule.warmup', given, always(DEFAULT_WARMUP, 'a tenth of the budget'));
  return { name, warmup };
}

function decideAugmentations({ augmentations }: Recipe, side: number, decide: Decide): ResolvedAugmentation[] {
  const usual = [{ name: 'flip-left-right' }, { name: 'shift' }] as const;
  const full = (augmentations ?? usual).map((item) => withParameters(item, side));
  const open = always(full, 'what was measured with this network');
  return decide('augmentations', augmentations === undefined ? undefined : full, open);
}

function withParameters(item: Augmentation, side: number): ResolvedAugmentation {
  const given = new Map<string, string | number | boolean | undefined>(Object.entries(item));
  const usual = Object.entries(augmentationDefaults(item.name, side));
  const parameters = usual.map(([field, value]) => [field, given.get(field) ?? value] as const);
  return { name: item.name, ...Object.fromEntries(parameters) };
}

function decideQuantization({ quantization }: Recipe, decide: Decide): ResolvedRecipe['quantization'] {
  return {
    weights: decide(
      'quantization.weights',
      quantization?.weights,
      always(
        'binary-channel-wise-mean-scaling',
        'batch normalisation absorbs the scale, so both kinds give the same network',
      ),
    ),
    activations: decide(
      'quantization.activations',
      quantization?.activations,
      always('linear-mid-tread-half', 'evenly spaced levels, which thresholds compute exactly'),
    ),
    activationBits: decide(
      'quantization.activationBits',
      quantization?.activationBits,
      always(2, 'what the compiled kernels compute'),
    ),
    firstLayer: decide(
      'quantization.firstLayer',
      quantization?.firstLayer,
      always('int8', 'a point or more of accuracy for under 1 % of the work'),
    ),
    lastLayer: decide(
      'quantization.lastLayer',
      quantization?.lastLayer,
      always('int8', 'costs no accuracy against float'),
    ),
  };
}

import type { GatePolicy } from '@dropforge/quantized-inference';
import type { ResolvedAugmentation } from './augmentations.ts';
import { digestOf } from './canonical-json.ts';
import type {
  ResolvedBudget,
  ResolvedOptimizer,
  ResolvedRecipe,
  ResolvedSchedule,
  ResolvedTraining,
} from './resolved-recipe.ts';
import type { Size } from './schema.ts';

/** `training.json` in the `config` channel of the training job. */
export interface TrainingConfig {
  readonly format: 'dropforge-training/1';
  readonly runId: string;
  readonly task: 'classification';
  readonly classes: readonly string[];
  readonly network: { readonly name: string; readonly width: number };
  readonly imageSize: Size;
  readonly batchSize: number;
  readonly budget: ResolvedBudget;
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: ResolvedSchedule;
  readonly augmentations: readonly ResolvedAugmentation[];
  readonly labelSmoothing: number;
  readonly weightDecay: number;
  readonly quantization: {
    readonly weightBits: 1;
    readonly activationBits: 2;
    readonly weightQuantizer: string;
    readonly firstLayer: string;
    readonly lastLayer: string;
  };
  readonly evaluation: { readonly images: number; readonly goldenImages: number };
  readonly checkpointSeconds: number;
  readonly seed: number;
}

/** `conversion.json` in the `config` input of the conversion job. */
export interface ConversionConfig {
  readonly format: 'dropforge-conversion/1';
  readonly runId: string;
  readonly modelName: string;
  readonly classes: readonly string[];
  readonly targets: readonly string[];
  readonly datasetDigest: string;
  /** Carried into the model for people. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** `policy.json`: where training runs, what the model must reach, and where it goes. */
export interface RunPolicy {
  readonly format: 'dropforge-policy/1';
  readonly training: ResolvedTraining;
  readonly gates: GatePolicy;
  readonly deployment: ResolvedRecipe['deployment'];
}

export function renderTrainingConfig(resolved: ResolvedRecipe, runId: string): TrainingConfig {
  const { task, network, imageSize, batchSize, budget, optimizer, schedule, augmentations } = resolved;
  const { labelSmoothing, weightDecay, quantization, evaluation, training, seed } = resolved;
  const { weights: weightQuantizer, activationBits, firstLayer, lastLayer } = quantization;
  return {
    ...{
      format: 'dropforge-training/1',
      runId,
      task,
      classes: resolved.dataset.classes,
      network,
      imageSize,
      batchSize,
    },
    ...{ budget, optimizer, schedule, augmentations, labelSmoothing, weightDecay },
    quantization: { weightBits: 1, activationBits, weightQuantizer, firstLayer, lastLayer },
    ...{ evaluation, checkpointSeconds: training.checkpointSeconds, seed },
  };
}

export function renderConversionConfig(resolved: ResolvedRecipe, runId: string): ConversionConfig {
  const { dataset, name, targets, network, imageSize, budget, optimizer, schedule, quantization, seed } = resolved;
  return {
    ...{ format: 'dropforge-conversion/1', runId, modelName: name, classes: dataset.classes, targets },
    datasetDigest: dataset.digest,
    training: {
      configDigest: configDigest(resolved),
      network,
      imageSize,
      budget,
      optimizer,
      schedule,
      quantization,
      seed,
    },
  };
}

export function renderPolicy({ training, gates, deployment }: ResolvedRecipe): RunPolicy {
  return { format: 'dropforge-policy/1', training, gates, deployment };
}

/** Names the whole decision: SHA-256 over every resolved value. Equal recipes on equal datasets have equal digests in every run. */
export function configDigest(resolved: ResolvedRecipe): string {
  return digestOf(resolved);
}

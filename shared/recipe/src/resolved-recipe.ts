import type { GatePolicy } from '@dropforge/quantized-inference';
import type { ResolvedAugmentation } from './augmentations.ts';
import type { Recipe, Size } from './schema.ts';

/** What the choice of defaults and the last checks need to know of a dataset. */
export interface DatasetFacts {
  /** SHA-256 of the dataset version, hex. */
  readonly digest: string;
  /** Class names by label. */
  readonly classes: readonly string[];
  readonly trainImages: number;
  readonly validationImages: number;
  /** Median size of the images, where it is known. */
  readonly typicalSize?: Size;
  /** Becomes the model's name when the recipe gives none. */
  readonly project?: string;
}

export type ResolvedBudget = { readonly epochs: number } | { readonly seconds: number };

export type ResolvedOptimizer =
  | { readonly name: 'adam'; readonly learningRate: number }
  | { readonly name: 'momentum'; readonly learningRate: number; readonly momentum: number };

export interface ResolvedSchedule {
  readonly name: 'constant' | 'cosine' | '2-step' | '3-step' | '3-step-with-warmup';
  /** Share of the budget; only where the schedule has a warm-up. */
  readonly warmup?: number;
}

/** Every value of a recipe, decided. Serialisable; equal recipes on equal datasets resolve to equal values. */
export interface ResolvedRecipe {
  readonly dataset: Pick<DatasetFacts, 'digest' | 'classes' | 'trainImages' | 'validationImages'>;
  readonly name: string;
  readonly task: 'classification';
  readonly network: { readonly name: 'lmnet-v1'; readonly width: number };
  readonly imageSize: Size;
  readonly batchSize: number;
  readonly budget: ResolvedBudget;
  readonly optimizer: ResolvedOptimizer;
  readonly schedule: ResolvedSchedule;
  readonly augmentations: readonly ResolvedAugmentation[];
  readonly labelSmoothing: number;
  readonly weightDecay: number;
  readonly quantization: Readonly<Required<{ [Field in keyof Quantization]: NonNullable<Quantization[Field]> }>>;
  readonly evaluation: { readonly images: number; readonly goldenImages: number };
  readonly split: { readonly validation: number };
  readonly tolerance: { readonly badImages: number };
  readonly targets: readonly Target[];
  readonly gates: GatePolicy;
  readonly training: ResolvedTraining;
  /** null: nothing is delivered. */
  readonly deployment: { readonly to: string; readonly approval: 'auto' | 'manual' } | null;
  readonly seed: number;
}

export interface ResolvedTraining {
  readonly instanceTypes: readonly string[];
  readonly instanceCount: number;
  readonly spot: boolean;
  readonly onDemandFallback: boolean;
  readonly spotWaitSeconds: number;
  readonly maximumWaitSeconds: number;
  /** Already shortened to what `maximumCostUsd` pays for. */
  readonly maximumRuntimeSeconds: number;
  readonly maximumCostUsd: number | null;
  readonly instanceUsdPerHour: number | null;
  readonly checkpointSeconds: number;
  /** Training alone, on two cores; a guess for limits and for people. */
  readonly estimatedSeconds: number;
}

export type Target = NonNullable<Recipe['targets']>[number];
type Quantization = NonNullable<Recipe['quantization']>;

/** What a recipe may choose from, and the limits of each choice. Data only: the schema, the questions and the checks read it. */

export const TASKS = ['classification'] as const;

/** Input limits of each network: sides are multiples of `sideDivisor` from `sideDivisor` to `maximumSide` pixels. */
export const NETWORKS = { 'lmnet-v1': { sideDivisor: 16, maximumSide: 512 } } as const;

/** Multipliers of the channel counts of the network. */
export const WIDTHS = [0.25, 0.5, 0.75, 1, 1.5, 2] as const;

export const WEIGHT_QUANTIZERS = ['binary-mean-scaling', 'binary-channel-wise-mean-scaling'] as const;
export const ACTIVATION_QUANTIZERS = ['linear-mid-tread-half'] as const;
/** Built for unless a recipe says otherwise. */
export const PROCESSORS = ['x86_64', 'aarch64', 'armv7l'] as const;
/** `fpga`: the accelerator beside the processor of an `armv7l`. It takes small networks alone. */
export const TARGETS = [...PROCESSORS, 'fpga'] as const;

/** The largest lmnet-v1 whose weights and images the engine of `fpga` holds; a test compares it with the converter. */
export const ENGINE_LIMITS = { pixels: 1_024, width: 1 } as const;

/** The name in `deployment.to` that asks for no delivery. */
export const NO_DEPLOYMENT = 'none';

/** A recipe is a page of text; anything larger is not one. */
export const MAXIMUM_RECIPE_BYTES = 65_536;

/** The longest training job that SageMaker runs: 28 days (CreateTrainingJob, StoppingCondition.MaxRuntimeInSeconds). */
export const MAXIMUM_RUNTIME_SECONDS = 2_419_200;

import { z } from 'zod';
import { AUGMENTATION_NAMES, augmentation } from './augmentations.ts';
import {
  ACTIVATION_QUANTIZERS,
  MAXIMUM_RUNTIME_SECONDS,
  NETWORKS,
  TARGETS,
  TASKS,
  WEIGHT_QUANTIZERS,
  WIDTHS,
} from './choices.ts';

const warmup = z.number().min(0).max(0.5).optional();

const optimizer = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('adam'), learningRate: learningRate() }),
  z.strictObject({
    name: z.literal('momentum'),
    learningRate: learningRate(),
    momentum: z.number().min(0).max(0.999).optional().describe('Share of the last step that is kept. Default 0.9.'),
  }),
]);

const schedule = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant') }),
  z.strictObject({
    name: z.literal('cosine'),
    warmup: warmup.describe('Share of the budget in which the rate climbs from 0. Default 0.1.'),
  }),
  z.strictObject({ name: z.literal('2-step') }),
  z.strictObject({ name: z.literal('3-step') }),
  z.strictObject({ name: z.literal('3-step-with-warmup') }),
]);

const network = z.strictObject({
  name: z.literal(namesOf(NETWORKS)),
  width: z
    .literal(WIDTHS)
    .optional()
    .describe('Multiplier of the channel counts. Default 1, and 0.5 for short budgets.'),
});

const imageSize = z
  .union([z.int().min(16).max(512), z.string().regex(/^\d{1,4}(x\d{1,4})?$/), z.tuple([side(), side()])])
  .transform(toSize)
  .describe('Input of the network: 32, 32x48 or [32, 48] (height, width). Sides are multiples of 16 up to 512.');

const budget = z
  .strictObject({
    epochs: z.int().min(1).max(10_000).optional().describe('Passes over the training images.'),
    seconds: z
      .int()
      .min(5)
      .max(1_209_600)
      .optional()
      .describe('Wall-clock seconds of training; the schedule always ends.'),
  })
  .refine(({ epochs, seconds }) => (epochs === undefined) !== (seconds === undefined), {
    params: { fault: 'BUDGET_AMBIGUOUS' },
  });

const quantization = z.strictObject({
  weights: z.enum(WEIGHT_QUANTIZERS).optional().describe('1-bit weights: one scale per layer, or one per channel.'),
  activations: z.enum(ACTIVATION_QUANTIZERS).optional().describe('How activations become integers.'),
  activationBits: z.literal(2).optional().describe('Bits of an activation.'),
  firstLayer: z.enum(['int8', 'binary']).optional().describe('Weights of the first layer. Default int8.'),
  lastLayer: z.literal('int8').optional().describe('Weights of the last layer.'),
});

const gates = z.strictObject({
  minimumAccuracy: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Of the converted model on the held-out images, 0 to 1.'),
  maximumAccuracyDrop: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('From the trained to the converted model. Default 0.02.'),
  maximumModelBytes: z
    .int()
    .min(1_000)
    .max(1_000_000_000)
    .optional()
    .describe('Size of the model file. Default 16777216.'),
  maximumArtifactBytes: z
    .int()
    .min(1_000)
    .max(1_000_000_000)
    .optional()
    .describe('Size of the package. Default 67108864.'),
  requiredTargets: list(z.enum(TARGETS), { minimum: 1, maximum: TARGETS.length })
    .optional()
    .describe('Targets that must agree with the reference bit for bit. Default: all that are built.'),
});

const training = z.strictObject({
  instanceTypes: list(z.string().regex(/^ml\.[a-z0-9-]{1,20}\.[a-z0-9-]{1,20}$/), { minimum: 1, maximum: 5 })
    .optional()
    .describe('SageMaker instance types; the next one is tried when there is no capacity. Default [ml.c7i.xlarge].'),
  instanceCount: z.int().min(1).max(16).optional().describe('Instances that train together. Default 1.'),
  spot: z.boolean().optional().describe('Use spare capacity: cheaper, may be interrupted and resumed. Default false.'),
  onDemandFallback: z
    .boolean()
    .optional()
    .describe('With spot: when no type has spare capacity, train on demand. Default true.'),
  spotWaitSeconds: z
    .int()
    .min(60)
    .max(MAXIMUM_RUNTIME_SECONDS)
    .optional()
    .describe('How long a job may wait for spare capacity, interruptions included. Default 3600.'),
  maximumWaitSeconds: z
    .int()
    .min(60)
    .max(MAXIMUM_RUNTIME_SECONDS)
    .optional()
    .describe('How long the run may wait for capacity in all. Default 86400.'),
  maximumRuntimeSeconds: z
    .int()
    .min(60)
    .max(MAXIMUM_RUNTIME_SECONDS)
    .optional()
    .describe('The job is stopped after this.'),
  maximumCostUsd: z
    .number()
    .min(0.01)
    .max(100_000)
    .optional()
    .describe('A job may cost no more: shortens its runtime limit. Needs known prices.'),
  instanceUsdPerHour: z
    .number()
    .min(0.001)
    .max(1_000)
    .optional()
    .describe('Price of an instance, of every type listed; replaces the prices that are known.'),
  checkpointSeconds: z.int().min(5).max(3_600).optional().describe('A killed job loses at most this. Default 20.'),
});

const deployment = z.strictObject({
  to: z
    .string()
    .regex(/^[a-zA-Z0-9:_-]{1,128}$/)
    .optional()
    .describe('Thing group that gets the model (letters, digits, : _ -), or none. Default dropforge-devices.'),
  approval: z.enum(['auto', 'manual']).optional().describe('manual: a person allows the delivery. Default manual.'),
});

/** `recipe.yaml` as people write it. Every field may be left out; unknown fields are refused. */
export const recipeSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9](-?[a-z0-9]){0,47}$/)
    .optional()
    .describe('Model name: lower-case letters, digits and hyphens, at most 48. Default: the name of the project.'),
  task: z.enum(TASKS).optional().describe('What the network learns.'),
  network: named(network, namesOf(NETWORKS)).optional().describe('Network and its width.'),
  imageSize: imageSize.optional(),
  batchSize: z
    .int()
    .min(2)
    .max(1_024)
    .optional()
    .describe('Images per step, at most the number of training images. Default 64.'),
  budget: budget.optional().describe('How long to train: epochs or seconds, one of the two.'),
  optimizer: named(optimizer, ['adam', 'momentum']).optional().describe('How weights follow gradients. Default adam.'),
  schedule: named(schedule, ['constant', 'cosine', '2-step', '3-step', '3-step-with-warmup'])
    .optional()
    .describe('How the learning rate falls over the budget. Default cosine.'),
  augmentations: list(named(augmentation, AUGMENTATION_NAMES), { minimum: 0, maximum: 16 })
    .optional()
    .describe(
      'Random changes of training images, applied in this order. Default: flip-left-right and shift; [] for none.',
    ),
  labelSmoothing: z
    .number()
    .min(0)
    .max(0.5)
    .optional()
    .describe('Share of the target spread over all classes. Default 0.05.'),
  weightDecay: z
    .number()
    .min(0)
    .max(0.1)
    .optional()
    .describe('Pull of the int8 layers to 0; 1-bit weights are exempt. Default 0.'),
  quantization: quantization.optional().describe('Bits of the network.'),
  evaluation: z
    .strictObject({
      images: z.int().min(1).max(100_000).optional().describe('Held-out images that are measured. Default 10000.'),
      goldenImages: z
        .int()
        .min(1)
        .max(200)
        .optional()
        .describe('Images every target must answer bit for bit. Default 20.'),
    })
    .optional()
    .describe('What the converted model is measured on.'),
  split: z
    .strictObject({ validation: z.number().min(0.01).max(0.5).describe('Share of the images. Default 0.1.') })
    .optional()
    .describe('Held-out share of a dataset that brings no validation split of its own.'),
  tolerance: z
    .strictObject({ badImages: z.number().min(0).max(0.5).describe('Share of undecodable images. Default 0.01.') })
    .optional()
    .describe('Bad images up to this share are left out and listed; above it the drop is refused.'),
  targets: list(z.enum(TARGETS), { minimum: 1, maximum: TARGETS.length })
    .optional()
    .describe('What to build for: processors, and fpga for the accelerator. Default: all processors.'),
  gates: gates.optional().describe('What a converted model must reach before it may be delivered.'),
  training: training
    .optional()
    .describe('Where training runs and what it may cost. On one machine only checkpointSeconds acts.'),
  deployment: deployment.optional().describe('Where a model that passed goes.'),
  seed: z.int().min(0).max(2_147_483_647).optional().describe('Start of every random sequence. Default 0.'),
});

/** Fields that are chosen by name, and the parameters that each name takes. */
export const namedChoices: Readonly<Record<'network' | 'optimizer' | 'schedule' | 'augmentations', NamedChoices>> = {
  network: { 'lmnet-v1': Object.keys(network.shape) },
  optimizer: parametersOf(optimizer),
  schedule: parametersOf(schedule),
  augmentations: parametersOf(augmentation),
};

/** By name: the fields of its object, `name` included. */
export type NamedChoices = Readonly<Record<string, readonly string[]>>;

export type Recipe = z.output<typeof recipeSchema>;
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** The JSON Schema of `recipe.yaml` for editors, draft 7 because that is what YAML editors read. */
export function recipeJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    ...z.toJSONSchema(recipeSchema, { io: 'input', target: 'draft-07' }),
    $id: 'recipe.schema.json',
    title: 'Dropforge recipe',
    description: 'How Dropforge trains, converts, checks and delivers one dataset. Every field may be left out.',
  };
}

/** `imageSize` as height and width in pixels; text is `<height>x<width>` or one number. */
export function toSize(value: number | string | readonly [number, number]): Size {
  if (typeof value === 'number') return { height: value, width: value };
  const [height = 0, width = height] = typeof value === 'string' ? value.split('x').map(Number) : value;
  return { height, width };
}

function side() {
  return z.int().min(16).max(512).multipleOf(16);
}

function learningRate() {
  return z.number().min(1e-6).max(1).optional().describe('Highest rate. Default 0.004 for adam, 0.001 for momentum.');
}

function parametersOf(union: { options: readonly { shape: { name: { value: string } } }[] }): NamedChoices {
  return Object.fromEntries(union.options.map(({ shape }) => [shape.name.value, Object.keys(shape)]));
}

/** An object with a `name`, or the name alone when its parameters may stay at their defaults. */
function named<const Name extends string, Full extends z.ZodType<{ name: Name }>>(full: Full, names: readonly Name[]) {
  return z.union([z.enum(names).transform((name) => ({ name })), full]);
}

/** A list in which nothing stands twice; of objects the name counts. */
function list<Item extends z.ZodType>(item: Item, { minimum, maximum }: { minimum: number; maximum: number }) {
  return z
    .array(item)
    .min(minimum)
    .max(maximum)
    .superRefine(refuseRepetition, { when: ({ value }) => Array.isArray(value) }); // also when an item is faulty
}

function refuseRepetition(items: readonly unknown[], context: z.RefinementCtx) {
  const names = items.map((item) => (typeof item === 'object' && item !== null && 'name' in item ? item.name : item));
  names.forEach((name, index) => {
    if (names.indexOf(name) < index)
      context.addIssue({ code: 'custom', path: [index], params: { fault: 'ITEM_REPEATED' } });
  });
}

function namesOf<const Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table) as Key[]; // Object.keys forgets the key type of a table that is frozen in the source
}

/** A network as calls of the kernels: its steps, with weights, descriptions and activations at fixed addresses. */
import type { ConvolutionLayer, IntegerModel } from '../model.ts';
import { type Layout, pixelBytes, rowBytes, segmentBytes } from '../packed/layout.ts';
import { packBytes, packGroups, packPairs } from '../packed/pack-packed-weights.ts';
import { planStepMemory, type StepMemory } from '../packed/plan-memory.ts';
import { planSteps, type Step } from '../packed/plan-steps.ts';
import { type PlannedLayer, planLayers } from '../plan-layers.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { EngineError } from './engine-error.ts';
import type { Kernels } from './kernels.ts';
import type { MemoryPlan } from './memory-plan.ts';

export interface NetworkCalls {
  /** Address of the pixels, and of the int32 logits. */
  readonly pixels: number;
  readonly logits: number;
  readonly calls: readonly Call[];
}

export interface Call {
  run(): void;
  /** The layers that have run with it; their levels, one byte each, are brought to an address for whoever looks. */
  readonly layers: readonly { readonly name: string; readonly shape: Shape; show(): number }[];
}

/** Throws EngineError MODEL_TOO_LARGE or LAYER_UNSUPPORTED. */
export function planCalls(model: IntegerModel, kernels: Kernels, memory: MemoryPlan): NetworkCalls {
  const layers = planLayers(model);
  const steps = planSteps(layers, 'groups');
  const places = planStepMemory(steps, layers);
  const pixels = memory.reserve(elementCount(model.input));
  const logits = memory.reserve(4 * model.classes.length);
  const arena = memory.reserve(places.arenaBytes);
  const context: Context = { layers, kernels, memory, places, arena, logits };
  const calls = steps.map((step, index) => {
    const input = index === 0 ? pixels : arena + (places.outputOffsets[index - 1] ?? 0);
    return planCall(context, step, input, arena + (places.outputOffsets[index] ?? 0));
  });
  return { pixels, logits, calls };
}

interface Context {
  readonly layers: readonly PlannedLayer[];
  readonly kernels: Kernels;
  readonly memory: MemoryPlan;
  readonly places: StepMemory;
  readonly arena: number;
  readonly logits: number;
}

function planCall(context: Context, step: Step, input: number, output: number): Call {
  const { kernels, memory, layers } = context;
  if (step.kind === 'pack') {
    const layout = memory.write(Int32Array.from(layoutFields(step.output)));
    return { run: () => kernels.pack(layout, input, output), layers: [] };
  }
  const planned = layers[step.layer] as PlannedLayer; // a step's layer is one of them
  if (step.kind === 'convolution') return planConvolution(context, step, planned, input, output);
  const run = planOperator(context, planned, input, output);
  const { layer, output: shape } = planned;
  return { run, layers: layer.op === 'head' ? [] : [{ name: layer.name, shape, show: () => output }] };
}

type ConvolutionStep = Extract<Step, { kind: 'convolution' }>;

function planConvolution(
  { kernels, memory, places, arena, layers }: Context,
  step: ConvolutionStep,
  planned: PlannedLayer,
  input: number,
  output: number,
): Call {
  const layer = planned.layer as ConvolutionLayer; // a convolution step's layer is one
  const description = memory.write(describe(memory, planned, layer, step));
  const isGroups = step.kernel === 'groups';
  const run = () => kernels[isGroups ? 'conv_groups' : 'conv_bytes'](description, input, output);
  // The output's layout is the second field of the description.
  const layout = description + 4 * layoutFields(step.input).length;
  const [levels, moved] = places.observerOffsets.map((offset) => arena + offset) as [number, number]; // two places
  const { output: shape } = planned;
  const show = () => {
    kernels.unpack(layout, output, levels);
    return levels;
  };
  const shown = { name: layer.name, shape, show };
  const next = layers[step.layer + 1];
  if (next?.layer.op !== 'space-to-depth') return { run, layers: [shown] };
  const { block, name } = next.layer;
  const showMoved = () => {
    kernels.space_to_depth(show(), shape.height, shape.width, shape.channels, block, moved);
    return moved;
  };
  return { run, layers: [shown, { name, shape: next.output, show: showMoved }] };
}

/** The 32-bit fields of df_packed_conv: jobs/convert/runtime/src/df_packed_conv.h. */
function describe(memory: MemoryPlan, { inputBits }: PlannedLayer, layer: ConvolutionLayer, step: ConvolutionStep) {
  const isGroups = step.kernel === 'groups' && layer.weights.format === 'bits';
  const packed = isGroups
    ? packGroups(layer, layer.weights.words, step.input)
    : packBytes(layer, inputBits === null ? 128 : 0);
  const [weights, pairs] = isGroups
    ? [memory.write(packed.weights), 0]
    : [0, memory.write(packPairs(layer, step.input))];
  return Int32Array.of(
    ...layoutFields(step.input),
    ...layoutFields(step.output),
    layer.kernel,
    layer.stride,
    2 ** layer.activationBits - 1,
    packed.steps,
    weights,
    memory.write(packed.thresholds),
    pairs,
  );
}

/** The 32-bit fields of df_layout: jobs/convert/runtime/src/df_layout.h. */
function layoutFields(layout: Layout): number[] {
  const format = { levels: 0, groups: 1, planes: 2 }[layout.format];
  const { shape, bits, block, border, borderLevel } = layout;
  const bytes = [segmentBytes(layout), pixelBytes(layout), rowBytes(layout)];
  return [format, shape.height, shape.width, shape.channels, bits, block, border, borderLevel, ...bytes];
}

/** The operators on plain levels. */
function planOperator(context: Context, planned: PlannedLayer, input: number, output: number): () => void {
  const { kernels, memory } = context;
  const { layer, input: from, output: to } = planned;
  const shape = [from.height, from.width, from.channels] as const;
  switch (layer.op) {
    case 'space-to-depth':
      return () => kernels.space_to_depth(input, ...shape, layer.block, output);
    case 'max-pool':
      return () => kernels.max_pool(input, ...shape, layer.kernel, layer.stride, output, to.height, to.width);
    case 'average-pool': {
      const thresholds = memory.write(layer.thresholds);
      const window = [input, ...shape, layer.kernel, layer.stride, output, to.height, to.width] as const;
      return () => kernels.average_pool(...window, thresholds, 2 ** layer.activationBits - 1);
    }
    case 'head': {
      const [weights, bias] = [memory.write(layer.weights), memory.write(layer.bias)];
      const sums = memory.reserve(4 * from.channels);
      const pixels = from.height * from.width;
      return () => kernels.head(input, pixels, from.channels, weights, bias, layer.bias.length, sums, context.logits);
    }
    case 'convolution':
      throw new EngineError(
        'LAYER_UNSUPPORTED',
        `Layer ${layer.name}: sums of ${layer.kernel ** 2 * layer.inputChannels} int8 products may leave int32 in the kernels.`,
      );
  }
}

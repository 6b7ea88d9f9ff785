/** A network as calls of the kernels: what lies where, and who writes in which form. */
import type { ConvolutionLayer, IntegerModel } from '../model.ts';
import { type PlannedLayer, planLayers } from '../plan-layers.ts';
import { elementCount, type Shape } from '../tensor.ts';
import type { Kernels } from './kernels.ts';
import {
  bytesAt,
  type DigitImage,
  type LevelTarget,
  planBytes,
  planDigits,
  targetFields,
  throughSpaceToDepth,
} from './level-store.ts';
import type { MemoryPlan } from './memory-plan.ts';
import { planBitConvolution, planInt8Convolution, type Steps } from './plan-convolution.ts';

export interface NetworkPlan {
  /** Address of the pixels, and of the int32 logits. */
  readonly pixels: number;
  readonly logits: number;
  readonly steps: Steps;
  /** Where each layer but the head leaves its levels. */
  readonly outputs: readonly { readonly name: string; readonly target: LevelTarget; readonly shape: Shape }[];
}

/** What a layer reads: bytes, or digits where `image` says how. */
interface Store {
  readonly target: LevelTarget;
  readonly image: DigitImage | null;
}

/** Throws EngineError MODEL_TOO_LARGE. */
export function planNetwork(model: IntegerModel, kernels: Kernels, memory: MemoryPlan): NetworkPlan {
  const planned = planLayers(model);
  const pixels = memory.reserve(elementCount(model.input));
  const logits = memory.reserve(4 * model.classes.length);
  const steps: Steps = [];
  const outputs: { name: string; target: LevelTarget; shape: Shape }[] = [];
  let input: Store = { target: bytesAt(pixels, model.input), image: null };
  for (let index = 0; index < planned.length; index++) {
    const current = at(planned, index);
    if (current.layer.op === 'head') {
      steps.push(planHead(memory, kernels, current, input, logits));
      break;
    }
    // A space-to-depth behind a convolution is nothing but the place to which that writes.
    const following = current.layer.op === 'convolution' ? planned[index + 1] : undefined;
    const block = following?.layer.op === 'space-to-depth' ? following.layer.block : 1;
    const merged = block > 1 && following ? following.output.channels % (4 * block ** 2) === 0 : false;
    const next = planStore(memory, at(planned, merged ? index + 2 : index + 1));
    const target = merged ? throughSpaceToDepth(next.target, block) : next.target;
    if (target === null) throw new Error('A merged space-to-depth begins at bytes.');
    outputs.push({ name: current.layer.name, target, shape: current.output });
    steps.push(...planLayer(memory, kernels, current, input, target));
    if (merged && following) {
      outputs.push({ name: following.layer.name, target: next.target, shape: following.output });
      index++;
    }
    input = next;
  }
  return { pixels, logits, steps, outputs };
}

function at(planned: readonly PlannedLayer[], index: number): PlannedLayer {
  const layer = planned[index];
  if (layer === undefined) throw new RangeError('The model ends without a head.');
  return layer;
}

/** The form in which a layer reads. */
function planStore(memory: MemoryPlan, { layer, input, inputBits }: PlannedLayer): Store {
  if (layer.op === 'convolution' && layer.weights.format === 'bits' && inputBits !== null) {
    return planDigits(memory, input, inputBits, layer);
  }
  return { target: planBytes(memory, input), image: null };
}

function planLayer(
  memory: MemoryPlan,
  kernels: Kernels,
  planned: PlannedLayer,
  input: Store,
  target: LevelTarget,
): Steps {
  const { layer } = planned;
  switch (layer.op) {
    case 'convolution':
      return planConvolution(memory, kernels, { ...planned, layer }, input, target);
    case 'space-to-depth':
      return planSpaceToDepth(memory, kernels, planned, layer.block, input.target.data, target);
    case 'max-pool':
    case 'average-pool':
      return planPool(memory, kernels, planned, input.target.data, target);
    case 'head':
      throw new Error('The head is planned by itself.');
  }
}

function planConvolution(
  memory: MemoryPlan,
  kernels: Kernels,
  planned: PlannedLayer<ConvolutionLayer>,
  { target: { data }, image }: Store,
  target: LevelTarget,
): Steps {
  const { layer, inputBits } = planned;
  if (image === null || inputBits === null || layer.weights.format !== 'bits') {
    return planInt8Convolution(memory, kernels, planned, data, target);
  }
  return planBitConvolution(memory, kernels, { ...planned, inputBits }, layer.weights.words, image, target);
}

function planSpaceToDepth(
  memory: MemoryPlan,
  kernels: Kernels,
  { input, output }: PlannedLayer,
  block: number,
  bytes: number,
  target: LevelTarget,
): Steps {
  const direct = throughSpaceToDepth(target, block);
  if (direct !== null) return [planPlacing(memory, kernels, bytes, input, direct)];
  // The parts of a pixel do not begin at bytes: move first, pack afterwards.
  const moved = planBytes(memory, output);
  const through = throughSpaceToDepth(moved, block) ?? moved;
  return [
    planPlacing(memory, kernels, bytes, input, through),
    planPlacing(memory, kernels, moved.data, output, target),
  ];
}

function planPool(
  memory: MemoryPlan,
  kernels: Kernels,
  { layer, input, output }: PlannedLayer,
  bytes: number,
  target: LevelTarget,
): Steps {
  if (layer.op !== 'max-pool' && layer.op !== 'average-pool') throw new Error('No pooling.');
  const pooled = target.planes === 0 ? target : planBytes(memory, output);
  const { height, width, channels } = input;
  const [kernel, stride] = [layer.kernel, layer.stride];
  const window = [bytes, height, width, channels, kernel, stride, pooled.data, output.height, output.width] as const;
  const placing = pooled === target ? [] : [planPlacing(memory, kernels, pooled.data, output, target)];
  if (layer.op === 'max-pool') return [() => kernels.max_pool(...window), ...placing];
  const thresholds = memory.write(layer.thresholds);
  const count = 2 ** layer.activationBits - 1;
  return [() => kernels.average_pool(...window, thresholds, count), ...placing];
}

/** Moves levels, one byte each, to their target. `shape`: as they lie. */
function planPlacing(memory: MemoryPlan, kernels: Kernels, bytes: number, shape: Shape, target: LevelTarget) {
  const description = memory.write(Int32Array.from(targetFields(target)));
  return () => kernels.place(bytes, shape.height, shape.width, description);
}

function planHead(memory: MemoryPlan, kernels: Kernels, { layer, input }: PlannedLayer, store: Store, logits: number) {
  if (layer.op !== 'head') throw new Error('No head.');
  const pixels = input.height * input.width;
  const [weights, bias] = [memory.write(layer.weights), memory.write(layer.bias)];
  const sums = memory.reserve(4 * input.channels);
  const classes = layer.bias.length;
  return () => kernels.head(store.target.data, pixels, input.channels, weights, bias, classes, sums, logits);
}

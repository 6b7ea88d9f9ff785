import { type OnnxNode, refuse } from '../frontend/graph.ts';
import {
  type Accumulator,
  type Activation,
  type Integers,
  isUnclamped,
  type Meaning,
  type Memory,
  plainMeaning,
  uniformScale,
} from './activation.ts';
import { fitLevels, sumsAsLevels } from './average-pool.ts';
import { overPooled } from './over-pooled.ts';
import { padded } from './padding.ts';
import type { QuantizedWeights } from './quantized-weights.ts';
import type { LayerList } from './rule.ts';
import { channelsFirstPlaces } from './rules/max-pool.ts';
import type { Window } from './rules/windows.ts';

/** Most elements of one activation. */
const MAXIMUM_ELEMENTS = 16 * 1024 * 1024;

export interface Multiplication {
  readonly node: OnnxNode;
  readonly activation: Activation;
  /** Levels in OHWI order over the memory of `activation`. */
  readonly weights: QuantizedWeights;
  readonly window: Window;
  /** Real-valued, one per output, or undefined. */
  readonly bias: Float64Array | undefined;
}

/**
 * The accumulator `Σ w·n` and what it means: with inputs `s·n + o_c` and weights `v·w` the real result is
 * `s·v·Σ w·n + v·Σ w·o_c + bias`. The result is [1, outputs, height, width] with channels in order.
 */
export function accumulate(
  { node, activation: given, weights, window, bias }: Multiplication,
  list: LayerList,
): Activation {
  requireReadable(node, given);
  const { activation, paddingLevel } = padded(node, pooledLevels(node, given, list), window, list);
  const { memory: input, integers } = activation;
  const outputs = weights.scales.length;
  const memory = outputMemory(node, input, window, outputs);
  const meaning = productMeaning(node, activation, weights, bias);
  const multiplication = {
    kernel: window.kernel,
    stride: window.stride,
    weights: weights.levels,
    input: integers as Exclude<Integers, Accumulator>,
  }; // requireReadable refused accumulators
  const pooled = integers.kind === 'sums' && !integers.whole ? overPooled(node, integers, window, weights.levels) : {};
  const image = integers.kind === 'sums' && !integers.whole ? integers.image : input;
  const accumulator = { ...multiplication, ...pooled };
  return {
    shape: [1, outputs, memory.height, memory.width],
    places: channelsFirstPlaces(memory),
    memory,
    meaning,
    integers: {
      kind: 'accumulator',
      name: node.name,
      bipolar: weights.bipolar,
      ...accumulator,
      padding: window.padding,
      paddingLevel,
      inputChannels: input.channels,
      coversInput: window.padding === 0 && accumulator.kernel === image.height && accumulator.kernel === image.width,
      pools: [],
      averaged: false,
    },
  };
}

function productMeaning(
  node: OnnxNode,
  { meaning: input }: Activation,
  weights: QuantizedWeights,
  bias: Float64Array | undefined,
): Meaning {
  const outputs = weights.scales.length;
  const meaning = plainMeaning(outputs, 0, 0);
  const offsets = offsetSums(weights.levels, input.offset, outputs);
  for (const [output, weightScale] of weights.scales.entries()) {
    meaning.scale[output] = (input.scale[0] ?? 0) * weightScale;
    meaning.offset[output] = weightScale * (offsets[output] ?? 0) + (bias?.[output] ?? 0);
  }
  if (meaning.scale.every(Number.isFinite) && meaning.offset.every(Number.isFinite)) return meaning;
  throw refuse('NOT_FINITE', node, 'its weights, scale or bias are not finite', 'check the training run');
}

/** Averages of parts of the image become levels where they fit; those of the whole image wait for what reads the product. */
function pooledLevels(node: OnnxNode, activation: Activation, list: LayerList): Activation {
  const { integers } = activation;
  if (integers.kind !== 'sums' || integers.whole || !fitLevels(integers)) return activation;
  return sumsAsLevels(node, activation, integers, list);
}

/** Refuses what integers alone cannot be multiplied for. */
function requireReadable(node: OnnxNode, activation: Activation): void {
  if (activation.integers.kind === 'accumulator' || !isUnclamped(activation)) {
    throw refuse(
      'NOT_QUANTIZED',
      node,
      'its input is not quantized',
      'put Quant or BipolarQuant between the layers (a network without activations has one layer)',
    );
  }
  const scale = uniformScale(activation.meaning);
  if (scale === undefined || scale === 0) {
    throw refuse(
      'SCALE_NOT_UNIFORM',
      node,
      'its input channels have different scales',
      'scale all input channels alike, or put a Quant with one scale in front: one scale per tensor, one divisor for all colours',
    );
  }
}

function outputMemory(node: OnnxNode, input: Memory, { kernel, stride, padding }: Window, channels: number): Memory {
  const steps = (side: number): number => Math.floor((side + 2 * padding - kernel) / stride) + 1;
  const memory = { height: steps(input.height), width: steps(input.width), channels };
  if (!(memory.height >= 1 && memory.width >= 1)) {
    throw refuse('SHAPE_MISMATCH', node, 'its window exceeds its input', 'use a larger image or a smaller kernel');
  }
  if (memory.height * memory.width * channels > MAXIMUM_ELEMENTS) {
    throw refuse('OUT_OF_RANGE', node, 'its output is too large for a device', 'use a smaller image or fewer channels');
  }
  return memory;
}

/** Per output, `Σ w·o_c`; the channel of an OHWI tap is its last index. */
function offsetSums(levels: Int8Array, offset: Float64Array, outputs: number): Float64Array {
  const sums = new Float64Array(outputs);
  if (offset.every((value) => value === 0)) return sums;
  const taps = levels.length / outputs;
  for (const [index, level] of levels.entries()) {
    const output = Math.floor(index / taps);
    sums[output] = (sums[output] ?? 0) + level * (offset[(index % taps) % offset.length] ?? 0);
  }
  return sums;
}

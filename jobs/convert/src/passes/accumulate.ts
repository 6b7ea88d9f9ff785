import { type OnnxNode, refuse } from '../frontend/graph.ts';
import { type Activation, type Integers, isUnclamped, type Memory, plainMeaning, uniformScale } from './activation.ts';
import type { QuantizedWeights } from './quantized-weights.ts';
import { channelsFirstPlaces } from './rules/max-pool.ts';
import type { Window } from './rules/windows.ts';

/** Largest distance between zero and an integer, in steps, at which padding with that integer counts as zero. */
const PADDING_TOLERANCE = 1e-4;
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
export function accumulate({ node, activation, weights, window, bias }: Multiplication): Activation {
  const scale = readableScale(node, activation);
  requireZeroPadding(node, activation, scale, window);
  const input = activation.memory;
  const outputs = weights.scales.length;
  const memory = outputMemory(node, input, window, outputs);
  const meaning = plainMeaning(outputs, 0, 0);
  const offsets = offsetSums(weights.levels, activation.meaning.offset, outputs);
  for (const [output, weightScale] of weights.scales.entries()) {
    meaning.scale[output] = scale * weightScale;
    meaning.offset[output] = weightScale * (offsets[output] ?? 0) + (bias?.[output] ?? 0);
  }
  if (!meaning.scale.every(Number.isFinite) || !meaning.offset.every(Number.isFinite)) {
    throw refuse('NOT_FINITE', node, 'its weights, scale or bias are not finite', 'check the training run');
  }
  return {
    shape: [1, outputs, memory.height, memory.width],
    places: channelsFirstPlaces(memory),
    memory,
    meaning,
    integers: {
      kind: 'accumulator',
      name: node.name,
      weights: weights.levels,
      bipolar: weights.bipolar,
      ...window,
      inputChannels: input.channels,
      input: activation.integers as Exclude<Integers, { kind: 'accumulator' }>, // readableScale refused accumulators
      coversInput: window.padding === 0 && window.kernel === input.height && window.kernel === input.width,
      pools: [],
      averaged: false,
    },
  };
}

/** The one scale of the input; refuses what integers alone cannot be multiplied for. */
function readableScale(node: OnnxNode, activation: Activation): number {
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
      'scale all input channels alike: one activation scale per tensor, one divisor for all colours',
    );
  }
  return scale;
}

/** Padding adds the integer 0, so the integer 0 must stand for the number 0. */
function requireZeroPadding(node: OnnxNode, { meaning, integers }: Activation, scale: number, window: Window): void {
  if (window.padding === 0) return;
  const steps = Math.max(...meaning.offset.map((offset) => Math.abs(offset / scale)));
  if (steps <= PADDING_TOLERANCE) return;
  const pixels = integers.kind === 'pixels';
  throw refuse(
    'PADDING_NOT_ZERO',
    node,
    pixels ? 'it pads the image with 0, but 0 is not grey 128' : 'it pads levels of which the lowest is not 0',
    pixels ? 'subtract 128 from the pixels, or use padding 0' : 'use unsigned activations, or padding 0',
  );
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

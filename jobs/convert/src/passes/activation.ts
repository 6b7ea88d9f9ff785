import { limits, type MaxPoolLayer } from '@dropforge/quantized-inference';

/**
 * What the passes know about one float tensor of the network: integers that a backend will hold, how they lie in
 * memory, and the real values that they stand for. Every rule maps one of these to the next.
 */
export interface Activation {
  /** ONNX shape; the first axis is the batch of 1. */
  readonly shape: readonly number[];
  /**
   * For each element of `shape` in row-major order, its offset in the NHWC memory of `memory`. Reshape leaves it,
   * Transpose permutes it: data movement costs nothing until a layer needs a layout.
   */
  readonly places: Int32Array;
  readonly memory: Memory;
  readonly meaning: Meaning;
  readonly integers: Integers;
}

export interface Memory {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Per memory channel, in float64: `value = clamp(scale * integer + offset, low, high)`. */
export interface Meaning {
  readonly scale: Float64Array;
  readonly offset: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export type Integers = Pixels | Levels | Sums | Accumulator;

/** The int8 `pixel - 128`. */
export interface Pixels {
  readonly kind: 'pixels';
}

/** Unsigned levels 0..maximum. */
export interface Levels {
  readonly kind: 'levels';
  readonly maximum: number;
}

/**
 * Levels summed over windows: averages whose division is in the meaning. No layer holds them yet: a quantizer makes them
 * an average-pool layer, the head sums whole images by itself, and what needs levels gets them from `sumsAsLevels`.
 */
export interface Sums {
  readonly kind: 'sums';
  /** The tensor that is summed: its shape and its highest level. */
  readonly image: Memory;
  readonly maximum: number;
  /** Square windows; a sum over a whole image that is not square has none. */
  readonly window: { readonly kernel: number; readonly stride: number } | undefined;
  /** Highest sum. */
  readonly highest: number;
  /** The one window is the whole image. */
  readonly whole: boolean;
}

/** `Σ weight * integer`, before a quantizer makes it a convolution layer or the output makes it the head. */
export interface Accumulator {
  readonly kind: 'accumulator';
  /** Name of the node that multiplies. */
  readonly name: string;
  /** OHWI integers, [outputChannels, kernel, kernel, inputChannels]. */
  readonly weights: Int8Array;
  readonly bipolar: boolean;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly paddingLevel: number;
  readonly inputChannels: number;
  readonly input: Pixels | Levels | Sums;
  /** One window that is the whole image: the input may be seen as a vector. */
  readonly coversInput: boolean;
  /** Pools that the graph places before the quantizer; they commute with it. */
  readonly pools: readonly Omit<MaxPoolLayer, 'name'>[];
  /** Averaged over all pixels after the multiplication: possible in front of the output only. */
  readonly averaged: boolean;
}

/** Values equal to the integers times `scale` plus `offset`, without bounds, on every channel. */
export function plainMeaning(channels: number, scale: number, offset: number): Meaning {
  return {
    scale: new Float64Array(channels).fill(scale),
    offset: new Float64Array(channels).fill(offset),
    low: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
    high: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
  };
}

/** The meaning of `factor * value + term`, channel by channel. A negative factor swaps the bounds. */
export function affineMeaning(meaning: Meaning, factor: Float64Array, term: Float64Array): Meaning {
  const next = plainMeaning(meaning.scale.length, 0, 0);
  for (const [channel, a] of factor.entries()) {
    const b = term[channel] ?? 0;
    next.scale[channel] = a * (meaning.scale[channel] ?? 0);
    next.offset[channel] = a * (meaning.offset[channel] ?? 0) + b;
    if (a === 0) continue; // 0 * infinity is not a bound
    const low = a * (meaning.low[channel] ?? 0) + b;
    const high = a * (meaning.high[channel] ?? 0) + b;
    next.low[channel] = Math.min(low, high);
    next.high[channel] = Math.max(low, high);
  }
  return next;
}

/** The meaning of `min(max(value, low), high)`. */
export function clampedMeaning(meaning: Meaning, low: number, high: number): Meaning {
  const clamp = (value: number): number => Math.min(Math.max(value, low), high);
  return { ...meaning, low: meaning.low.map(clamp), high: meaning.high.map(clamp) };
}

/** The highest level that a layer can write. */
export const MAXIMUM_LEVEL = 2 ** limits.activationBits - 1;

/** True when no integer that can occur is clamped. Accumulators are taken as unbounded. */
export function isUnclamped({ meaning, integers }: Pick<Activation, 'meaning' | 'integers'>): boolean {
  const [smallest, largest] = integerRange(integers);
  return meaning.scale.every((scale, channel) => {
    const offset = meaning.offset[channel] ?? 0;
    const ends = scale === 0 ? [offset] : [scale * smallest + offset, scale * largest + offset];
    return Math.min(...ends) >= (meaning.low[channel] ?? 0) && Math.max(...ends) <= (meaning.high[channel] ?? 0);
  });
}

/** The integers that can occur. */
export function integerRange(integers: Integers): [smallest: number, largest: number] {
  switch (integers.kind) {
    case 'pixels':
      return [-128, 127];
    case 'levels':
      return [0, integers.maximum];
    case 'sums':
      return [0, integers.highest];
    case 'accumulator':
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  }
}

/** The one scale of all channels, or undefined when they differ. */
export function uniformScale({ scale }: Meaning): number | undefined {
  const first = scale[0];
  return scale.every((value) => value === first) ? first : undefined;
}

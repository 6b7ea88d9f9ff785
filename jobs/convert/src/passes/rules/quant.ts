import { type OnnxNode, refuse } from '../../frontend/graph.ts';
import { type UniformQuantizer, uniformQuantizer } from '../../frontend/operators/quantizer.ts';
import { type Activation, type Meaning, plainMeaning } from '../activation.ts';
import { emitConvolution } from '../emit-convolution.ts';
import { perChannel } from '../per-channel.ts';
import type { Rule } from '../rule.ts';
import { withLevels } from './with-levels.ts';

/** Quant of an activation. On an accumulator it makes thresholds; on pixels or levels it must change nothing. */
export const quant: Rule = {
  matches: ({ operator, position }) => operator === 'quantizer.Quant' && position === 0,
  rewrite({ node, activation, constants }, layers) {
    const quantizer = uniformQuantizer(node, constants);
    const step = perChannel(node, activation, quantizer.scale);
    const zeroPoint = perChannel(node, activation, quantizer.zeroPoint);
    if (activation.integers.kind !== 'accumulator') return requantized(node, activation, quantizer, step, zeroPoint);
    const cuts = Array.from(step, (d, channel) => ({ step: d, cuts: cutsOf(quantizer, zeroPoint[channel] ?? 0) }));
    const maximum = emitConvolution(node, activation, cuts, layers);
    return withLevels(activation, maximum, levelMeaning(quantizer, step, zeroPoint));
  },
};

/** In steps from zero: level k starts at `lowest + k - ½ - zeroPoint`; ties round up, as the integer model defines. */
function cutsOf({ lowest, highest, rounding, bipolar }: UniformQuantizer, zeroPoint: number): number[] {
  if (bipolar) return [-zeroPoint];
  const half = rounding === 'nearest' ? 0.5 : 0;
  return Array.from({ length: highest - lowest }, (_, index) => lowest + index + 1 - half - zeroPoint);
}

/** Level u stands for `step * (lowest + u - zeroPoint)`; one bit stands for -1 and +1. */
function levelMeaning({ lowest, bipolar }: UniformQuantizer, step: Float64Array, zeroPoint: Float64Array): Meaning {
  const meaning = plainMeaning(step.length, 0, 0);
  for (const [channel, d] of step.entries()) {
    meaning.scale[channel] = bipolar ? 2 * d : d;
    meaning.offset[channel] = d * ((bipolar ? -1 : lowest) - (zeroPoint[channel] ?? 0));
  }
  return meaning;
}

/** Relative to a step: how far a value may lie from the level that it is rounded to and count as that level. */
const SAME_LEVEL = 1e-3;

/**
 * Quantizing what is already integers: accepted when every pixel or level keeps its own step, one apart, as an
 * eight-bit input quantizer does; then the values become exactly the quantizer's.
 */
function requantized(
  node: OnnxNode,
  activation: Activation,
  quantizer: UniformQuantizer,
  step: Float64Array,
  zeroPoint: Float64Array,
): Activation {
  const { integers } = activation;
  const range = integers.kind === 'pixels' ? { first: -128, last: 127 } : levelRange(node, activation);
  const meaning = plainMeaning(step.length, 0, 0);
  for (const [channel, d] of step.entries()) {
    const zero = zeroPoint[channel] ?? 0;
    const start = quantizedInteger(activation, channel, range.first, d, zero, quantizer);
    for (let integer = range.first; integer <= range.last; integer++) {
      const level = quantizedInteger(activation, channel, integer, d, zero, quantizer);
      if (level - start !== integer - range.first) throw unequalSteps(node, integers.kind);
    }
    meaning.scale[channel] = d;
    meaning.offset[channel] = d * (start - range.first - zero);
  }
  return { ...activation, meaning };
}

function levelRange(node: OnnxNode, { integers }: Activation): { first: number; last: number } {
  if (integers.kind === 'levels') return { first: 0, last: integers.maximum };
  throw refuse(
    'UNSUPPORTED_QUANTIZER',
    node,
    'it quantizes pooled values',
    'leave the values between global pooling and the output unquantized',
  );
}

/** NaN (equal to nothing) where the value is not on the quantizer's grid. */
function quantizedInteger(
  { meaning, integers }: Activation,
  channel: number,
  integer: number,
  step: number,
  zeroPoint: number,
  { lowest, highest, bipolar }: UniformQuantizer,
): number {
  const value = (meaning.scale[channel] ?? 0) * integer + (meaning.offset[channel] ?? 0);
  const clamped = Math.min(Math.max(value, meaning.low[channel] ?? 0), meaning.high[channel] ?? 0);
  const exact = clamped / step + zeroPoint;
  const level = Math.round(exact);
  const onGrid = integers.kind === 'pixels' || Math.abs(exact - level) <= SAME_LEVEL;
  return onGrid && !bipolar && level >= lowest && level <= highest ? level : Number.NaN;
}

function unequalSteps(node: OnnxNode, kind: string): Error {
  return kind === 'pixels'
    ? refuse(
        'UNSUPPORTED_INPUT',
        node,
        'it does not keep the 256 pixel values one step apart',
        'quantize the input with 8 bits so that each pixel value is one level (such as (pixel - 128) / 128 in steps of 1/128)',
      )
    : refuse(
        'UNSUPPORTED_QUANTIZER',
        node,
        'it quantizes levels a second time, to other levels',
        'use the same scale and width as the quantizer before it, or remove it',
      );
}

import { type UniformQuantizer, uniformQuantizer } from '../../frontend/operators/quantizer.ts';
import type { Cut } from '../../frontend/operators/rounding.ts';
import { type Activation, integerRange, type Meaning, plainMeaning } from '../activation.ts';
import { perChannel } from '../per-channel.ts';
import { quantize } from '../quantize.ts';
import type { Rule } from '../rule.ts';

/** Quant of an activation makes a layer of what it reads; on pixels or levels that it leaves as they are it makes none. */
export const quant: Rule = {
  matches: ({ operator, position }) => operator === 'quantizer.Quant' && position === 0,
  rewrite({ node, activation, constants }, layers) {
    const quantizer = uniformQuantizer(node, constants);
    const step = perChannel(node, activation, quantizer.scale);
    const zeroPoint = perChannel(node, activation, quantizer.zeroPoint);
    const kept = requantized(activation, quantizer, step, zeroPoint);
    if (kept) return kept;
    const cuts = Array.from(step, (d, channel) => ({ step: d, cuts: cutsOf(quantizer, zeroPoint[channel] ?? 0) }));
    return quantize(node, activation, cuts, levelMeaning(quantizer, step, zeroPoint), layers);
  },
};

/** In steps from zero, where level 0 is the lowest one. */
function cutsOf({ lowest, highest, rounding, bipolar }: UniformQuantizer, zeroPoint: number): Cut[] {
  if (bipolar) return [{ at: -zeroPoint, inclusive: true }];
  return Array.from({ length: highest - lowest }, (_, index) => {
    const { at, inclusive } = rounding.cut(lowest + index + 1);
    return { at: at - zeroPoint, inclusive };
  });
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
 * Quantizing what is already integers changes nothing when every pixel or level keeps its own step, one apart, as an
 * eight-bit input quantizer does; then the values become exactly the quantizer's. Undefined when it does change them.
 */
function requantized(
  activation: Activation,
  quantizer: UniformQuantizer,
  step: Float64Array,
  zeroPoint: Float64Array,
): Activation | undefined {
  const { kind } = activation.integers;
  if (kind !== 'pixels' && kind !== 'levels') return undefined;
  const [first, last] = integerRange(activation.integers);
  const meaning = plainMeaning(step.length, 0, 0);
  for (const [channel, d] of step.entries()) {
    const zero = zeroPoint[channel] ?? 0;
    const start = quantizedInteger(activation, channel, first, d, zero, quantizer);
    for (let integer = first; integer <= last; integer++) {
      const level = quantizedInteger(activation, channel, integer, d, zero, quantizer);
      if (level - start !== integer - first) return undefined;
    }
    meaning.scale[channel] = d;
    meaning.offset[channel] = d * (start - first - zero);
  }
  return { ...activation, meaning };
}

/** NaN (equal to nothing) where the value is not on the quantizer's grid. */
function quantizedInteger(
  { meaning, integers }: Activation,
  channel: number,
  integer: number,
  step: number,
  zeroPoint: number,
  { lowest, highest, bipolar, rounding }: UniformQuantizer,
): number {
  const value = (meaning.scale[channel] ?? 0) * integer + (meaning.offset[channel] ?? 0);
  const clamped = Math.min(Math.max(value, meaning.low[channel] ?? 0), meaning.high[channel] ?? 0);
  const exact = clamped / step + zeroPoint;
  const nearest = Math.round(exact);
  const onGrid = Math.abs(exact - nearest) <= SAME_LEVEL;
  const level = onGrid ? nearest : rounding.round(exact);
  return (onGrid || integers.kind === 'pixels') && !bipolar && level >= lowest && level <= highest ? level : Number.NaN;
}

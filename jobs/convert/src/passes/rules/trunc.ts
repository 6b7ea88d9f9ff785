import { type Constant, integerAttribute, type OnnxNode, refuse } from '../../frontend/graph.ts';
import { positiveScale, roundingMode } from '../../frontend/operators/quantizer.ts';
import type { Cut, Rounding } from '../../frontend/operators/rounding.ts';
import { type Activation, integerRange, plainMeaning } from '../activation.ts';
import { perChannel } from '../per-channel.ts';
import { quantize } from '../quantize.ts';
import { constantInput, type Rule, type Step } from '../rule.ts';

/**
 * Trunc drops the lowest bits of an integer, as averaging in integers does: with `y = round(x / scale + zeroPoint)` it is
 * `(⌊y / 2^dropped⌋ - zeroPoint) · scale`. The form with six inputs names its output scale and clamps to its width.
 * Source: Trunc_v1 and Trunc_v2 of https://github.com/fastmachinelearning/qonnx/blob/main/src/qonnx/custom_op/general/trunc.py
 */
export const trunc: Rule = {
  matches: ({ operator, position }) => operator === 'quantizer.Trunc' && position === 0,
  rewrite(step, layers) {
    const { node, activation } = step;
    const { scale, zeroPoint, outputScale, outputZeroPoint, divisor, lowest, highest } = truncation(step);
    const rounding = roundingMode(node, 'FLOOR');
    const range = levelRange(node, activation, { scale, zeroPoint, divisor });
    const first = Math.max(range.lowest, lowest);
    const last = Math.min(range.highest, highest);
    if (!(last > first && last - first <= 255)) {
      throw refuse('UNSUPPORTED_QUANTIZER', node, 'it leaves one level, or more than 256', 'truncate to 1 to 8 bits');
    }
    const cuts = Array.from({ length: last - first }, (_, index) => integerCut(rounding, first + index + 1, divisor));
    const channels = activation.memory.channels;
    const ofChannel = { step: scale, cuts: cuts.map(({ at, inclusive }) => ({ at: at - zeroPoint, inclusive })) };
    const meaning = plainMeaning(channels, outputScale, (first - outputZeroPoint) * outputScale);
    return quantize(node, activation, new Array(channels).fill(ofChannel), meaning, layers);
  },
};

function truncation(step: Step) {
  const { node, constants } = step;
  const scale = scalar(step, positiveScale(node, constantInput(step, 1)));
  const zeroPoint = scalar(step, constantInput(step, 2));
  if (constants.length < 6) {
    const dropped = scalar(step, constantInput(step, 3)) - scalar(step, constantInput(step, 4));
    if (!(Number.isInteger(dropped) && dropped >= 0 && dropped <= 24)) throw badWidths(node);
    const unbounded = { lowest: Number.NEGATIVE_INFINITY, highest: Number.POSITIVE_INFINITY };
    return { scale, zeroPoint, outputScale: scale, outputZeroPoint: zeroPoint, divisor: 2 ** dropped, ...unbounded };
  }
  const outputScale = scalar(step, positiveScale(node, constantInput(step, 4)));
  const divisor = 2 ** Math.round(Math.log2(outputScale / scale));
  const bits = scalar(step, constantInput(step, 5));
  if (!(divisor >= 1 && divisor <= 2 ** 24 && Number.isInteger(bits) && bits >= 1 && bits <= 8)) throw badWidths(node);
  const isSigned = integerAttribute(node, 'signed', 1) === 1;
  const narrow = integerAttribute(node, 'narrow', 0) === 1 ? 1 : 0;
  const lowest = isSigned ? narrow - 2 ** (bits - 1) : 0;
  const highest = isSigned ? 2 ** (bits - 1) - 1 : 2 ** bits - 1 - narrow;
  return { scale, zeroPoint, outputScale, outputZeroPoint: zeroPoint / divisor, divisor, lowest, highest };
}

/** The levels that the integers of the activation can reach. */
function levelRange(
  node: OnnxNode,
  { integers, meaning }: Activation,
  { scale, zeroPoint, divisor }: { scale: number; zeroPoint: number; divisor: number },
): { lowest: number; highest: number } {
  if (integers.kind === 'accumulator') {
    throw refuse('UNSUPPORTED_QUANTIZER', node, 'it truncates a sum of products', 'use Quant, or truncate an average');
  }
  const ends = integerRange(integers).flatMap((integer) =>
    Array.from(meaning.scale, (slope, channel) => {
      const value = slope * integer + (meaning.offset[channel] ?? 0);
      const clamped = Math.min(Math.max(value, meaning.low[channel] ?? value), meaning.high[channel] ?? value);
      return Math.round(clamped / scale + zeroPoint) / divisor;
    }),
  );
  return { lowest: Math.floor(Math.min(...ends)), highest: Math.ceil(Math.max(...ends)) };
}

/** Where `round(y) / divisor` reaches `level`: half below an integer, and there a tie of the inner round is even. */
function integerCut({ cut }: Rounding, level: number, divisor: number): Cut {
  const { at, inclusive } = cut(level);
  const first = inclusive ? Math.ceil(at * divisor) : Math.floor(at * divisor) + 1;
  return { at: first - 0.5, inclusive: first % 2 === 0 };
}

function scalar({ node, activation }: Step, constant: Constant): number {
  const values = perChannel(node, activation, constant);
  const [first = Number.NaN] = values;
  if (values.every((value) => value === first)) return first;
  throw refuse('NOT_PER_CHANNEL', node, 'its parameters differ between channels', 'truncate with one scale per tensor');
}

function badWidths(node: OnnxNode): Error {
  return refuse('UNSUPPORTED_QUANTIZER', node, 'its widths do not fit', 'truncate whole numbers of bits, to 1 to 8');
}

/** A border between two levels: values above `at`, and `at` itself where it is `inclusive`, have reached the upper one. */
export interface Cut {
  readonly at: number;
  readonly inclusive: boolean;
}

export interface Rounding {
  /** How a weight is rounded. */
  readonly round: (value: number) => number;
  /** Where an activation goes from integer `level - 1` to `level`. */
  readonly cut: (level: number) => Cut;
}

const half = (level: number, inclusive: boolean): Cut => ({ at: level - 0.5, inclusive });
const floor = (level: number): Cut => ({ at: level, inclusive: true });
const ceil = (level: number): Cut => ({ at: level - 1, inclusive: false });

const toEven: Rounding = { round: roundHalfToEven, cut: (level) => half(level, level % 2 === 0) };

/**
 * The `rounding_mode` of Quant and Trunc by name. UP and HALF_UP go away from zero, DOWN and HALF_DOWN towards it; a tie
 * of ROUND goes to the even integer, as NumPy and PyTorch have it. Of unsigned levels HALF_UP is the integer model's own.
 * Source: `resolve_rounding_mode` of https://github.com/fastmachinelearning/qonnx/blob/main/src/qonnx/custom_op/general/intquant.py
 */
export const roundings: ReadonlyMap<string, Rounding> = new Map<string, Rounding>([
  ['ROUND', toEven],
  ['HALF_EVEN', toEven],
  ['HALF_UP', { round: awayFromZero((size) => Math.floor(size + 0.5)), cut: (level) => half(level, level > 0) }],
  ['HALF_DOWN', { round: awayFromZero((size) => Math.ceil(size - 0.5)), cut: (level) => half(level, level <= 0) }],
  ['FLOOR', { round: Math.floor, cut: floor }],
  ['CEIL', { round: Math.ceil, cut: ceil }],
  ['UP', { round: awayFromZero(Math.ceil), cut: (level) => (level > 0 ? ceil(level) : floor(level)) }],
  ['DOWN', { round: Math.trunc, cut: (level) => (level > 0 ? floor(level) : ceil(level)) }],
  ['ROUND_TO_ZERO', { round: Math.trunc, cut: (level) => (level > 0 ? floor(level) : ceil(level)) }],
]);

function awayFromZero(round: (size: number) => number): (value: number) => number {
  return (value) => Math.sign(value) * round(Math.abs(value));
}

/** Nearest integer with halves to even. */
function roundHalfToEven(value: number): number {
  const lower = Math.floor(value);
  const rest = value - lower;
  if (rest !== 0.5) return rest < 0.5 ? lower : lower + 1;
  return lower % 2 === 0 ? lower : lower + 1;
}

import type { Cut } from '../frontend/operators/rounding.ts';
import type { Meaning } from './activation.ts';

/** How a quantizer cuts the real line on one channel: the level rises by one at each cut. */
export interface Cuts {
  /** The output step d; the cuts are in steps. */
  readonly step: number;
  /** Ascending: the level is the number of cuts that `value / step` has reached. */
  readonly cuts: readonly Cut[];
}

/** The folded activation of one channel. */
export interface ChannelThresholds {
  /** Negate the channel's weights, so that the accumulator changes sign and no backend needs a flip flag. */
  readonly negate: boolean;
  /** Non-decreasing, within ±limit: `level = #{k : accumulator >= thresholds[k]}`. */
  readonly thresholds: readonly number[];
}

/**
 * Folds `t(acc) = A*acc + B` and the quantizer into integer thresholds, in float64: `T = ceil((cut - B) / A)`,
 * or the next integer above where the cut itself is not reached. A > 0 as written; A < 0 with negated weights; A = 0 gives a constant level. `limit` is max|acc| + 1.
 */
export function foldThresholds(
  meaning: Meaning,
  channel: number,
  { step, cuts }: Cuts,
  limit: number,
): ChannelThresholds {
  const read = (values: Float64Array): number => (values[channel] ?? Number.NaN) / step;
  const slope = read(meaning.scale);
  const offset = read(meaning.offset);
  const low = read(meaning.low);
  const high = read(meaning.high);
  const threshold = (cut: Cut): number => {
    const reached = (value: number): boolean => (cut.inclusive ? value >= cut.at : value > cut.at);
    if (reached(low)) return -limit;
    if (!reached(high)) return limit;
    if (slope === 0) return reached(offset) ? -limit : limit;
    const exact = (cut.at - offset) / Math.abs(slope);
    const first = cut.inclusive ? Math.ceil(exact) : Math.floor(exact) + 1;
    return Math.min(Math.max(first, -limit), limit) + 0; // + 0: no negative zero
  };
  return { negate: slope < 0, thresholds: cuts.map(threshold) };
}

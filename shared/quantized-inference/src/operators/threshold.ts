/** Up to this many thresholds, comparing with all of them is quicker than halving. */
const FEW = 15;

/**
 * The activation: `level = #{k : accumulator >= thresholds[channel, k]}`.
 * `accumulator`: an int32. `count` is the number of thresholds per channel; they do not decrease, so that a search may halve
 * the interval. Few of them are compared without a branch: which way it goes is anybody's guess.
 */
export function levelOf(accumulator: number, thresholds: Int32Array, channel: number, count: number): number {
  const first = channel * count;
  if (count > FEW) {
    let level = 0;
    for (let end = count; level < end; ) {
      const middle = (level + end) >> 1;
      if (accumulator >= (thresholds[first + middle] ?? 0)) level = middle + 1;
      else end = middle;
    }
    return level;
  }
  let level = count;
  for (let k = 0; k < count; k++) level += minusOneIfLess(accumulator, thresholds[first + k] ?? 0);
  return level;
}

/** -1 where a < b, otherwise 0, for all int32: the sign of the difference, unless the signs of a and b already tell. */
function minusOneIfLess(a: number, b: number): number {
  return ((a & ~b) | (~(a ^ b) & (a - b))) >> 31;
}

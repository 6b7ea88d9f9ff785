/** Up to this many thresholds, the ones below the accumulator are counted one by one: most levels are found early. */
const FEW = 15;

/**
 * The activation: `level = #{k : accumulator >= thresholds[channel, k]}`.
 * `count` is the number of thresholds per channel; they do not decrease, so the search may stop at the first miss, or
 * halve the interval.
 */
export function levelOf(accumulator: number, thresholds: Int32Array, channel: number, count: number): number {
  const first = channel * count;
  let level = 0;
  if (count > FEW) {
    for (let end = count; level < end; ) {
      const middle = (level + end) >> 1;
      if (accumulator >= (thresholds[first + middle] ?? 0)) level = middle + 1;
      else end = middle;
    }
    return level;
  }
  while (level < count && accumulator >= (thresholds[first + level] ?? 0)) level++;
  return level;
}

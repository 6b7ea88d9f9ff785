/**
 * The activation: `level = #{k : accumulator >= thresholds[channel, k]}`.
 * `count` is the number of thresholds per channel; they do not decrease, so the search may stop at the first miss.
 */
export function levelOf(accumulator: number, thresholds: Int32Array, channel: number, count: number): number {
  const first = channel * count;
  let level = 0;
  while (level < count && accumulator >= (thresholds[first + level] ?? 0)) level++;
  return level;
}

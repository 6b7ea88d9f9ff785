/** Accumulators of a last pass without thresholds, as the host reads them. */
import { elementCount, type Shape } from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';
import type { Schedule } from './schedule.ts';

/** What of a pass's schedule places its sums. */
export type ChunkSchedule = Pick<Schedule, 'groupChannels' | 'groups' | 'groupChunks' | 'finalChunks'>;

/** Chunks that a pass writes: of each group of channels, those of each window. */
export function accumulatorChunks(
  { height, width }: Shape,
  { groups, groupChunks, finalChunks }: ChunkSchedule,
): number {
  return height * width * ((groups - 1) * groupChunks + finalChunks);
}

/**
 * `words`: `[group of channels][window][chunk of the group][channel of the chunk]`, CHUNK of them per chunk, from the
 * ACCUMULATORS window. Returns the sums as int32 NHWC, before any threshold.
 */
export function unpackAccumulators(
  words: Uint32Array,
  shape: Shape,
  schedule: ChunkSchedule,
  { CHUNK }: ArraySize,
): Int32Array {
  const { groupChannels, groups, groupChunks, finalChunks } = schedule;
  const windows = shape.height * shape.width;
  return new Int32Array(elementCount(shape)).map((_, index) => {
    const channel = index % shape.channels;
    const group = Math.floor(channel / groupChannels);
    const chunks = group === groups - 1 ? finalChunks : groupChunks;
    const window = Math.floor(index / shape.channels);
    const chunk = group * windows * groupChunks + window * chunks + Math.floor((channel % groupChannels) / CHUNK);
    return words[chunk * CHUNK + (channel % CHUNK)] ?? 0;
  });
}

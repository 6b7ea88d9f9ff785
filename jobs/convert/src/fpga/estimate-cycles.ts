/** Cycles of a pass, as the engine takes them. */
import type { ArraySize } from './array-size.ts';
import { PIXEL_CHANNELS } from './check-pass.ts';
import type { Pass } from './passes.ts';
import { type Schedule, tapCycles } from './schedule.ts';

/** From the end of the pass before to the first tap: the words of the program are fetched and checked. */
const PROLOGUE_CYCLES = 17;
/** From the last tap to the write of the last window's first chunk, and its report. */
const PIPELINE_CYCLES = 15;

/**
 * A window takes a cycle per tap, but no fewer than the chunks in which its predecessor leaves. Exact, since no stage ever
 * waits for anything else.
 */
export function estimateCycles(pass: Pass, schedule: Schedule, { PIXEL_TAPS }: ArraySize): number {
  const { groups, groupChunks, finalChunks } = schedule;
  const taps = tapCycles(pass, schedule);
  const windows = pass.output.height * pass.output.width;
  const full = (groups - 1) * windows * Math.max(taps, groupChunks);
  const last = (windows - 1) * Math.max(taps, finalChunks) + taps;
  // Levels are added up in three cycles; products of pixels take one, and one for each level of a tree of adders.
  const isPixelPass = pass.layer.op === 'convolution' && pass.inputBits === null;
  const later = isPixelPass ? Math.ceil(Math.log2(PIXEL_CHANNELS * PIXEL_TAPS)) - 2 : 0;
  return PROLOGUE_CYCLES + full + last + PIPELINE_CYCLES + later + finalChunks - 1;
}

/** Cycles of a pass, as the engine takes them. */
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
export function estimateCycles(pass: Pass, schedule: Schedule): number {
  const { groups, groupChunks, finalChunks } = schedule;
  const taps = tapCycles(pass, schedule);
  const windows = pass.output.height * pass.output.width;
  const full = (groups - 1) * windows * Math.max(taps, groupChunks);
  const last = (windows - 1) * Math.max(taps, finalChunks) + taps;
  return PROLOGUE_CYCLES + full + last + PIPELINE_CYCLES + finalChunks - 1;
}

/** How a pass is cut into groups of channels and cycles. */
import type { ArraySize } from './array-size.ts';
import { PIXEL_CHANNELS } from './check-pass.ts';
import type { Pass } from './passes.ts';

export interface Schedule {
  /** Output channels that are computed at once. */
  readonly groupChannels: number;
  readonly groups: number;
  /** Words of input channels that a tap needs. */
  readonly inputGroups: number;
  /** Channels of the last of them. */
  readonly finalChannels: number;
  /** Kernel columns per cycle, and cycles per kernel row. */
  readonly tapStep: number;
  readonly columnSteps: number;
  /** Chunks that a group writes per window, and the last group. */
  readonly groupChunks: number;
  readonly finalChunks: number;
}

export function schedulePass({ layer, input, inputBits, output }: Pass, array: ArraySize): Schedule {
  const pixels = layer.op === 'convolution' && inputBits === null;
  const pooling = layer.op === 'max-pool';
  const groupChannels = pooling ? array.IC_PAR : pixels ? array.PIXEL_OUTPUTS : array.OC_PAR;
  const groups = Math.ceil(output.channels / groupChannels);
  const inputGroups = pooling || pixels ? 1 : Math.ceil(input.channels / array.IC_PAR);
  const tapStep = pixels ? array.PIXEL_TAPS : 1;
  return {
    groupChannels,
    groups,
    inputGroups,
    finalChannels: pooling ? array.IC_PAR : pixels ? PIXEL_CHANNELS : input.channels - (inputGroups - 1) * array.IC_PAR,
    tapStep,
    columnSteps: Math.ceil(layer.kernel / tapStep),
    groupChunks: groupChannels / array.CHUNK,
    finalChunks: Math.ceil((output.channels - (groups - 1) * groupChannels) / array.CHUNK),
  };
}

/** Cycles between two windows' first taps, from what a window reads alone. */
export function tapCycles({ layer }: Pass, { inputGroups, columnSteps }: Schedule): number {
  return inputGroups * layer.kernel * columnSteps;
}

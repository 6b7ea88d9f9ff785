/** Arrays that no product has, so that every parameter is tried away from its usual value. */
import { type ArraySize, arraySizes } from '@dropforge/convert/fpga';

const base = arraySizes['32x8'];

export const sweep: readonly ArraySize[] = [
  // Chunks of 16 channels, two pixels a cycle, multipliers for every output, small memories.
  variant('chunks of 16', {
    ...{ IC_PAR: 64, OC_PAR: 16, CHUNK: 16, PIXEL_TAPS: 2, PIXEL_OUTPUTS: 16, PIXELS_DEPTH: 128 },
    ...{ LEVELS_DEPTH: 128, WEIGHTS_DEPTH: 256, THRESHOLDS_DEPTH: 32 },
  }),
  // Words of 128 channels: sixteen chunks, which is the most that a window may have.
  variant('words of 128', {
    ...{ IC_PAR: 128, PIXEL_TAPS: 3, PIXEL_OUTPUTS: 8, LEVELS_DEPTH: 256, WEIGHTS_DEPTH: 256 },
  }),
];

function variant(name: string, parameters: Partial<ArraySize>): ArraySize {
  return { ...base, ...parameters, name: `sweep-${name.replaceAll(' ', '-')}` };
}

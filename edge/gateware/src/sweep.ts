/** Arrays that no product has, so that every parameter is tried away from its usual value. */
import { type ArraySize, arraySizes } from '@dropforge/convert/fpga';

const base = arraySizes['32x8'];

export const sweep: readonly ArraySize[] = [
  // Chunks of 16 channels, two pixels per cycle, and multipliers for every output.
  variant({ IC_PAR: 64, OC_PAR: 16, CHUNK: 16, PIXEL_TAPS: 2, PIXEL_OUTPUTS: 16 }),
  // Words of 128 channels: sixteen chunks, which is the most that a window may have.
  variant({ IC_PAR: 128, OC_PAR: 8, PIXEL_TAPS: 3, PIXEL_OUTPUTS: 8, LEVELS_DEPTH: 256, WEIGHTS_DEPTH: 128 }),
  // As many outputs as inputs, and small memories.
  variant({ IC_PAR: 32, OC_PAR: 32, LEVELS_DEPTH: 128, WEIGHTS_DEPTH: 256, THRESHOLDS_DEPTH: 32, PIXELS_DEPTH: 128 }),
];

function variant(parameters: Partial<ArraySize>): ArraySize {
  const array = { ...base, ...parameters };
  const differences = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  return { ...array, name: differences.join(', ').replace(/[ ,]+/g, '-').toLowerCase() };
}

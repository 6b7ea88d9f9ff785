/** The engines that can be built: how many weights meet how many activations per cycle, and how much memory lies beside them. */

/** Parameters of the top module `df_gateware`, under the same names. Depths are words and powers of two. */
export interface ArraySize {
  /** `<IC_PAR>x<OC_PAR>`. */
  readonly name: string;
  /** Input channels read per cycle: 32 or more, a power of two. */
  readonly IC_PAR: number;
  /** Output channels computed at once: a multiple of CHUNK, a power of two, at most IC_PAR. */
  readonly OC_PAR: number;
  /** Neighbouring pixels of one kernel row that the first layer reads per cycle, 1 to 3. */
  readonly PIXEL_TAPS: number;
  /** Output channels that have multipliers: a multiple of CHUNK. 24 * PIXEL_TAPS bits of the weight word for each. */
  readonly PIXEL_OUTPUTS: number;
  /** Channels that leave through the threshold unit per cycle, 8 or 16. */
  readonly CHUNK: number;
  /** Words of IC_PAR two-bit levels in each of the two activation buffers. */
  readonly LEVELS_DEPTH: number;
  /** Words of IC_PAR * OC_PAR bits. */
  readonly WEIGHTS_DEPTH: number;
  /** Words of CHUNK * 3 thresholds. */
  readonly THRESHOLDS_DEPTH: number;
  /** Pixels of an input image. */
  readonly PIXELS_DEPTH: number;
  /** Chunks of sums that a last pass without thresholds may write. */
  readonly ACCUMULATORS_DEPTH: number;
}

const arrays = {
  /** For tests: everything that the others have, quick to build and to simulate, and deep enough for LmnetV1. */
  '32x8': array(32, 8, { LEVELS_DEPTH: 2048, WEIGHTS_DEPTH: 4096 }),
  /** The same with wide words, several pixels per cycle, and fewer outputs with multipliers than without. */
  '64x16': array(64, 16, { PIXEL_TAPS: 3, PIXEL_OUTPUTS: 8, LEVELS_DEPTH: 512, WEIGHTS_DEPTH: 512 }),
  /** For small parts. */
  '32x32': array(32, 32, { LEVELS_DEPTH: 2048, WEIGHTS_DEPTH: 1024 }),
  /** For the DE10-Nano. */
  '64x64': array(64, 64, { PIXEL_TAPS: 3, LEVELS_DEPTH: 1024, WEIGHTS_DEPTH: 256 }),
} as const;

export type ArrayName = keyof typeof arrays;

export const arraySizes: Readonly<Record<ArrayName, ArraySize>> = arrays;

function array(IC_PAR: number, OC_PAR: number, rest: Partial<ArraySize> & Depths): ArraySize {
  const PIXEL_OUTPUTS = Math.min(32, OC_PAR);
  const common = {
    PIXEL_TAPS: 1,
    PIXEL_OUTPUTS,
    CHUNK: 8,
    THRESHOLDS_DEPTH: 128,
    PIXELS_DEPTH: 1024,
    ACCUMULATORS_DEPTH: 256,
  };
  return { name: `${IC_PAR}x${OC_PAR}`, IC_PAR, OC_PAR, ...common, ...rest };
}

type Depths = Pick<ArraySize, 'LEVELS_DEPTH' | 'WEIGHTS_DEPTH'>;

/** The parameters without the name, for the tools that take them one by one. */
export function parametersOf({ name: _, ...parameters }: ArraySize): Readonly<Record<string, number>> {
  return parameters;
}

/** Value of the ARRAY register, and of the same word in the head of an image: what an image was packed for. */
export function arrayWord({ IC_PAR, OC_PAR, PIXEL_TAPS, PIXEL_OUTPUTS, CHUNK }: ArraySize): number {
  const log = Math.log2;
  return log(IC_PAR) | (log(OC_PAR) << 4) | (log(CHUNK) << 8) | (PIXEL_TAPS << 12) | (PIXEL_OUTPUTS << 16);
}

/** What a netlist takes of a Cyclone V. */
import type { Netlist } from './netlist.ts';

export interface Resources {
  /** Adaptive logic modules when every pair of LUTs that may share one does. */
  readonly almLow: number;
  /** And when LUTs of five inputs never find a partner. */
  readonly almHigh: number;
  readonly registers: number;
  readonly m10k: number;
  readonly dsp: number;
}

/** LUTs by the number of their inputs that are used. */
const LUT_TYPES = ['NOT', 'ALUT2', 'ALUT3', 'ALUT4', 'ALUT5', 'ALUT6'];
/** 32 x 1 bit cells in the memory that ten modules can become. */
const MLAB_BITS = 20;
const MLAB_MODULES = 10;

export function countResources({ cells }: Netlist): Resources {
  const counts = new Map<string, number>();
  for (const { type } of Object.values(cells)) counts.set(type, (counts.get(type) ?? 0) + 1);
  const count = (type: string) => counts.get(`MISTRAL_${type}`) ?? 0;
  const small = LUT_TYPES.slice(0, 4).reduce((sum, type) => sum + count(type), 0);
  // Two adders make a module; so do two LUTs of at most four inputs. A LUT of six inputs takes one alone.
  const fixed = count('ALUT6') + count('ALUT_ARITH') / 2 + Math.ceil(count('MLAB') / MLAB_BITS) * MLAB_MODULES;
  // A DSP block holds three multipliers of 9 bits or two of 18.
  const dsp = Math.ceil(count('MUL9X9') / 3) + Math.ceil(count('MUL18X18') / 2) + count('MUL27X27');
  return {
    almLow: Math.ceil(fixed + (small + count('ALUT5')) / 2),
    almHigh: Math.ceil(fixed + small / 2 + count('ALUT5')),
    registers: count('FF'),
    m10k: count('M10K'),
    dsp,
  };
}

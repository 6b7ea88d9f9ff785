/**
 * Delays of Cyclone V cells in picoseconds: the `specify` blocks of Yosys' techlibs/intel_alm/common/{alm,dff,dsp,mem}_sim.v
 * for the family `cyclonev`, which its authors measured with Quartus. A LUT's fastest input is its last.
 */
import type { Cell } from './netlist.ts';

/** Delay from each input to the output `Q`. */
const luts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  MISTRAL_ALUT6: { A: 605, B: 583, C: 510, D: 512, E: 400, F: 97 },
  MISTRAL_ALUT5: { A: 583, B: 510, C: 512, D: 400, E: 97 },
  MISTRAL_ALUT4: { A: 510, B: 512, C: 400, D: 97 },
  MISTRAL_ALUT3: { A: 510, B: 400, C: 97 },
  MISTRAL_ALUT2: { A: 400, B: 97 },
  MISTRAL_NOT: { A: 97 },
};

const adder = {
  SO: { A: 1342, B: 1323, C: 927, D0: 887, D1: 785, CI: 368 },
  CO: { A: 1082, B: 1062, C: 813, D0: 866, D1: 1198, CI: 36 },
} as const;

/** From the slower of the two inputs. */
const multipliers: Readonly<Record<string, number>> = {
  MISTRAL_MUL9X9: 3051,
  MISTRAL_MUL18X18: 3982,
  MISTRAL_MUL27X27: 3928,
};

/** From the clock to the output. */
export const registerDelay: Readonly<Record<string, number>> = { MISTRAL_FF: 731, MISTRAL_M10K: 1004 };

/** Before the clock, for the slowest input. */
export const setup: Readonly<Record<string, number>> = { MISTRAL_FF: 0, MISTRAL_M10K: 161, MISTRAL_MLAB: 86 };

export interface Arc {
  readonly from: string;
  readonly to: string;
  readonly delay: number;
}

/** Combinational paths through a cell, from port to port. */
export function arcsOf({ type, connections }: Cell): Arc[] {
  const lut = luts[type];
  if (lut !== undefined) return Object.entries(lut).map(([from, delay]) => ({ from, to: 'Q', delay }));
  if (type === 'MISTRAL_ALUT_ARITH') {
    return Object.entries(adder).flatMap(([to, delays]) =>
      Object.entries(delays).map(([from, delay]) => ({ from, to, delay })),
    );
  }
  const multiplier = multipliers[type];
  if (multiplier !== undefined) return ['A', 'B'].map((from) => ({ from, to: 'Y', delay: multiplier }));
  if (type === 'MISTRAL_MLAB') return [{ from: 'B1ADDR', to: 'B1DATA', delay: 487 }];
  if (type in registerDelay || type === 'MISTRAL_CLKBUF') return [];
  throw new Error(`The cell ${type} with ports ${Object.keys(connections).join(', ')} has no known delay.`);
}

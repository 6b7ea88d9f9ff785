import { describe, expect, it } from 'vitest';
import { countResources } from './count-resources.ts';
import { estimateTiming } from './estimate-timing.ts';
import type { Cell, Netlist } from './netlist.ts';

function cell(type: string, inputs: Record<string, number[]>, outputs: Record<string, number[]>): Cell {
  const directions = [
    ...Object.keys(inputs).map((port) => [port, 'input'] as const),
    ...Object.keys(outputs).map((port) => [port, 'output'] as const),
  ];
  return { type, connections: { ...inputs, ...outputs }, port_directions: Object.fromEntries(directions) };
}

const register = (data: number, output: number) => cell('MISTRAL_FF', { CLK: [1], DATAIN: [data] }, { Q: [output] });

/** A register, a LUT, two bits of a carry chain, a register; and a short way beside it. */
const netlist: Netlist = {
  cells: {
    first: register(2, 10),
    lut: cell('MISTRAL_ALUT2', { A: [10], B: [10] }, { Q: [11] }),
    low: cell('MISTRAL_ALUT_ARITH', { A: [11], CI: [] }, { SO: [12], CO: [13] }),
    high: cell('MISTRAL_ALUT_ARITH', { CI: [13] }, { SO: [14] }),
    last: register(14, 15),
    short: register(10, 16),
  },
  netnames: { count_q: { bits: [10] }, sum: { bits: [14] } },
};

describe('the timing estimate', () => {
  it('adds cells and nets on the longest way between registers, and nothing for a carry', () => {
    const { picoseconds, megahertz, path } = estimateTiming(netlist, 600);
    // Clock to output, LUT, into the adder, carry to the next sum, and the last register's net.
    expect(picoseconds).toBe(731 + (600 + 400) + (600 + 1082) + 368 + 600);
    expect(megahertz).toBe(228.3);
    expect([path[0], path.at(-2), path.at(-1)]).toEqual(['count_q', 'sum', 'last']);
  });

  it('grows with the delay of nets', () => {
    expect(estimateTiming(netlist, 900).picoseconds - estimateTiming(netlist, 600).picoseconds).toBe(3 * 300);
  });

  it('refuses a cell that it does not know', () => {
    const unknown = { cells: { x: cell('MISTRAL_ODD', {}, {}) }, netnames: {} };
    expect(() => estimateTiming(unknown, 600)).toThrow('MISTRAL_ODD');
  });
});

describe('the count of resources', () => {
  it('shares a module between two small LUTs or two adders, and perhaps between two of five inputs', () => {
    const types = ['ALUT6', 'ALUT5', 'ALUT5', 'ALUT4', 'ALUT2', 'ALUT_ARITH', 'ALUT_ARITH', 'MUL9X9', 'M10K'];
    const cells = types.map((type, index) => [`${index}`, cell(`MISTRAL_${type}`, {}, {})]);
    expect(countResources({ cells: Object.fromEntries(cells), netnames: {} })).toEqual({
      almLow: 4,
      almHigh: 5,
      registers: 0,
      m10k: 1,
      dsp: 1,
    });
  });
});

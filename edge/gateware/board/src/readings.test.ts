import { beforeAll, describe, expect, it } from 'vitest';
import { type RegisterName, Simulation } from '../../src/simulation.ts';
import { array, building, canSimulate } from '../../src/testing/simulator.ts';
import { readingsAfterLoad } from './board-files.ts';

describe.skipIf(!canSimulate)('the readings of a bitstream that was just loaded', () => {
  beforeAll(...building);

  it('are those of the simulated engine', () => {
    const simulation = new Simulation(array);
    const expected = readingsAfterLoad(array);
    const answers = Object.keys(expected).map((name) => [name, simulation.read(name as RegisterName)] as const);
    simulation.finish();
    const readings = Object.fromEntries(answers.map(([name, answer]) => [name, answer()]));
    // The simulation begins with random registers, an FPGA with zeros; the number of the last pass tells them apart.
    expect({ ...readings, STATUS: (readings.STATUS ?? 0) & 0xff }).toEqual(expected);
  });
});

import { type ArrayName, arraySizes, FpgaRefusal } from '@dropforge/convert/fpga';
import type { IntegerModel } from '@dropforge/quantized-inference';
import { randomPixels } from '@dropforge/quantized-inference/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasTool } from './run-tool.ts';
import { Simulation } from './simulation.ts';
import { randomNetwork } from './testing/random-network.ts';
import { compareOn, prefixesOf } from './verify-network.ts';

const arrays: readonly ArrayName[] = ['32x8', '64x16'];
const NETWORKS = 20;

describe.skipIf(!hasTool('verilator'))('random networks', () => {
  it.each(arrays)('agree in every layer on a %s array, whatever pauses there are', (name) => {
    const array = arraySizes[name];
    let compared = 0;
    const property = fc.property(fc.nat(), fc.constantFrom(0, 30, 80), fc.constantFrom(0, 30, 80), (seed, bus, issue) => {
      const model = randomNetwork(seed);
      const simulation = new Simulation(array);
      simulation.pauses(bus, issue, seed);
      const prefixes = prefixesThatFit(model);
      fc.pre(prefixes.length > 0);
      const comparisons = prefixes.map((prefix) => {
        const images = [1, 2].map((image) => randomPixels(model.input, 1, seed + image));
        return compareOn(simulation, prefix, array, images);
      });
      simulation.finish();
      for (const comparison of comparisons) {
        expect(comparison()).toMatchObject({ mismatches: 0, firstDifference: null });
        if (issue === 0) expect(comparison().cyclesPerImage).toBe(comparison().estimatedCycles);
      }
      compared++;
    });
    fc.assert(property, { numRuns: NETWORKS });
    expect(compared).toBeGreaterThanOrEqual(NETWORKS);

    /** A few are larger than the memories of so small an array. */
    function prefixesThatFit(model: IntegerModel): IntegerModel[] {
      try {
        return prefixesOf(model, array);
      } catch (error) {
        if (error instanceof FpgaRefusal && error.code === 'MEMORY_EXCEEDED') return [];
        throw error;
      }
    }
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitsIn, randomNetwork } from './testing/random-network.ts';
import { array, building, canSimulate } from './testing/simulator.ts';
import { verifyPasses } from './verify-network.ts';

const percent = () => fc.constantFrom(0, 30, 80);
beforeAll(...building);

describe.skipIf(!canSimulate)('a random network', () => {
  it('agrees in every pass whatever pauses there are, and without pauses takes the cycles that the compiler said', () => {
    const property = fc.property(fc.nat(), percent(), percent(), (seed, busPercent, issuePercent) => {
      const model = randomNetwork(seed);
      fc.pre(fitsIn(model, array));
      for (const comparison of verifyPasses(model, array, { busPercent, issuePercent, seed })) {
        expect(comparison).toMatchObject({ mismatches: 0, firstDifference: null });
        if (issuePercent === 0) expect(comparison.cyclesPerImage).toBe(comparison.estimatedCycles);
      }
    });
    fc.assert(property, { numRuns: 20 });
  });
});

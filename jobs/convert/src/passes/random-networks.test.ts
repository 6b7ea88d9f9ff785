import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { ConversionError } from '../frontend/conversion-error.ts';
import { randomNetwork } from '../frontend/testing/random-network.ts';
import { expectSameLogits } from './testing/expect-same-logits.ts';

describe('random networks of the kinds that exporters write', () => {
  test('give the logits of the float graph, or are refused with a code', () => {
    let refused = 0;
    const runs = 300;
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const builder = randomNetwork(seed);
        try {
          convertModel(builder.bytes());
        } catch (error) {
          if (!(error instanceof ConversionError)) throw error;
          refused++;
          return;
        }
        expectSameLogits(builder, 2);
      }),
      { numRuns: runs },
    );
    // Zero points and thresholds that leave no level for 0 in front of padding, and averages too large for a level.
    expect(refused).toBeLessThan(runs / 20);
  });
});

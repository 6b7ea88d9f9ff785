import { describe, expect, it } from 'vitest';
import { arraySizes, FpgaRefusal, lowerModel } from '../../../jobs/convert/src/fpga/index.ts';
import { lmnetV1 } from '../../../jobs/convert/src/frontend/testing/networks.ts';
import { convertModel } from '../../../jobs/convert/src/index.ts';
import { targets } from '../../../jobs/convert/src/targets/index.ts';
import { ENGINE_LIMITS, WIDTHS } from './choices.ts';

const array = arraySizes[targets.fpga.engine?.array ?? '64x64'];

function fits(side: number, width: number): boolean {
  const record = { datasetDigest: 'd'.repeat(64), training: {} };
  const model = convertModel(lmnetV1({ side, width }).bytes(), { classes: ['a', 'b', 'c'], record });
  try {
    lowerModel(model, array);
    return true;
  } catch (error) {
    if (error instanceof FpgaRefusal) return false;
    throw error;
  }
}

describe('the limits of the engine', () => {
  const inside = WIDTHS.filter((width) => width <= ENGINE_LIMITS.width);
  const outside = WIDTHS.filter((width) => width > ENGINE_LIMITS.width);

  it('are those of the converter', () => {
    expect(array.PIXELS_DEPTH).toBe(ENGINE_LIMITS.pixels);
    expect([inside.map((width) => fits(32, width)), fits(16, 1)]).toEqual([inside.map(() => true), true]);
    expect(outside.map((width) => fits(16, width))).toEqual(outside.map(() => false));
  });
});

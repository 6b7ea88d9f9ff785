import { engineErrors, lowerModel, packPixels } from '@dropforge/convert/fpga';
import { modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';
import { withFields, withWord } from './testing/edit-image.ts';
import { array, building, canSimulate } from './testing/simulator.ts';
import { compareOn } from './verify-network.ts';

const convolution = { op: 'convolution', channels: 8, kernel: 3, stride: 1, padding: 1, bits: 2 } as const;
const model = modelFromPlan({
  input: { height: 6, width: 6, channels: 3 },
  layers: [
    { ...convolution, weights: 'int8' },
    { ...convolution, weights: 'bits' },
  ],
  classes: 2,
  seed: 1,
});
const image = randomPixels(model.input, 1, 1);
const pixels = packPixels(image, 3);
const good = lowerModel(model, array).image;

beforeAll(...building);

describe.skipIf(!canSimulate)('an image of a network', () => {
  it.each([
    ['of something else', withWord(good, 0, 0x46504944), engineErrors.LOAD_IDENTITY],
    ['of another version', withWord(good, 1, 0x20000), engineErrors.LOAD_VERSION],
    ['for another array', withWord(good, 2, 0x1234), engineErrors.LOAD_ARRAY],
    ['with an unknown section', withWord(good, 4, 0x70000001), engineErrors.LOAD_RANGE],
    ['with a larger program than its memory', endless(), engineErrors.LOAD_RANGE],
    ['with a damaged word', good.with(40, (good[40] ?? 0) ^ 0x100), engineErrors.LOAD_CHECKSUM],
    ['that ends too soon', good.slice(0, -1), engineErrors.LOAD_CHECKSUM],
  ])('%s is refused, and the next good one is taken', (_, bad, { code }) => {
    const simulation = new Simulation(array);
    const refused = simulation.load(bad);
    const run = simulation.run(pixels);
    const good = compareOn(simulation, model, array, [image]);
    simulation.finish();
    expect(refused()).toBe(code);
    expect(run().code).toBe(engineErrors.NOT_LOADED.code);
    expect(good()).toMatchObject({ mismatches: 0 });
  });

  it('is known by its checksum', () => {
    const simulation = new Simulation(array);
    simulation.load(good);
    const checksum = simulation.read('CHECKSUM');
    simulation.finish();
    expect(checksum()).toBe(good.at(-1));
  });
});

describe.skipIf(!canSimulate)('a program', () => {
  it.each([
    ['with an unknown operation', withFields(good, 0, { operation: 3 }), engineErrors.PROGRAM_OPERATION],
    ['without a last pass', withFields(good, 1, { is_last: 0 }), engineErrors.PROGRAM_END],
    ['that reads beyond the levels', withFields(good, 1, { start: 4000 }), engineErrors.LEVELS_RANGE],
    ['that writes beyond the levels', withFields(good, 1, { write_width: 9000 }), engineErrors.LEVELS_RANGE],
    ['that reads beyond the pixels', withFields(good, 0, { start: 4000 }), engineErrors.PIXELS_RANGE],
    ['that reads beyond the weights', withFields(good, 1, { weight_base: 4090 }), engineErrors.WEIGHTS_RANGE],
    ['that reads beyond the thresholds', withFields(good, 1, { threshold_base: 500 }), engineErrors.THRESHOLDS_RANGE],
    ['that takes longer than it may', withWord(good, 3, 100), engineErrors.CYCLE_LIMIT],
    ['of the largest numbers', largest(), engineErrors.CYCLE_LIMIT],
  ])('%s ends with an error, and the next good one runs', (_, bad, { code }) => {
    const simulation = new Simulation(array);
    const loaded = simulation.load(bad);
    const run = simulation.run(pixels);
    const status = simulation.read('STATUS');
    const again = compareOn(simulation, model, array, [image]);
    simulation.finish();
    expect(loaded()).toBe(0);
    expect(run().code).toBe(code);
    expect(status() & 0xf).toBe(0b1100);
    expect(again()).toMatchObject({ mismatches: 0 });
  });
});

/** A program section that never ends, with more words than the memory takes. */
function endless(): Uint32Array {
  return Uint32Array.from([...good.slice(0, 4), 0x1fffffff, ...new Uint32Array(400)]);
}

/** Every count and step at its end: the longest program that there is. */
function largest(): Uint32Array {
  const most = Object.fromEntries(
    [
      'kernel_rows_last',
      'kernel_columns_last',
      'height',
      'width',
      'out_rows_last',
      'out_columns_last',
      'groups_last',
    ].map((name) => [name, 0xffff]),
  );
  return withFields(good, 0, most);
}

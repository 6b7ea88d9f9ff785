import { accumulatorChunks, engineErrors, lowerModel, packPixels, unpackAccumulators } from '@dropforge/convert/fpga';
import { type IntegerModel, planLayers, runReference, type Tensor } from '@dropforge/quantized-inference';
import { type ModelPlan, modelFromPlan, randomPixels } from '@dropforge/quantized-inference/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';
import { convolutionSums } from './testing/convolution-sums.ts';
import { withFields } from './testing/edit-image.ts';
import { array, building, canSimulate } from './testing/simulator.ts';
import { compareOn } from './verify-network.ts';

const first = { op: 'convolution', channels: 24, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' } as const;
const next = { ...first, weights: 'bits', channels: 19 } as const;
const input = { height: 6, width: 5, channels: 3 };

beforeAll(...building);

/** What the engine gave and what the last convolution sums up, NHWC. */
function accumulatorsOf(simulation: Simulation, model: IntegerModel, image: Uint8Array) {
  const network = lowerModel(model, array, 'accumulators');
  const schedule = network.passes.at(-1)?.accumulators;
  if (!schedule) throw new Error('The last pass gives no accumulators.');
  const planned = planLayers(model).filter(({ layer }) => layer.op === 'convolution');
  const last = planned.at(-1);
  if (last?.layer.op !== 'convolution') throw new Error('The model has no convolution.');
  const { layer, output } = last;
  const loaded = simulation.load(network.image);
  const run = simulation.run(packPixels(image, model.input.channels));
  const words = simulation.readAccumulators(accumulatorChunks(output, schedule) * array.CHUNK);
  return () => ({
    codes: [loaded(), run().code],
    cycles: run().cycles - network.cycles,
    given: unpackAccumulators(words(), output, schedule, array),
    expected: convolutionSums(layer, inputOf(model, layer.name, image), output),
  });
}

/** The tensor that a layer reads. */
function inputOf(model: IntegerModel, name: string, image: Uint8Array): Tensor {
  let input: Tensor = { ...model.input, values: Int8Array.from(image, (pixel) => pixel - model.input.zeroPoint) };
  let read = input;
  const onLayer = (layer: string, output: Tensor) => {
    if (layer === name) read = input;
    input = output;
  };
  runReference(model, image, { onLayer });
  return read;
}

describe.skipIf(!canSimulate)('the accumulators of a last convolution', () => {
  it.each<[string, ModelPlan['layers']]>([
    ['of levels, in several groups of channels', [first, next]],
    [
      'of more input channels than a word has',
      [
        { ...first, channels: 70 },
        { ...next, kernel: 2, padding: 0 },
      ],
    ],
    ['of pixels', [{ ...first, channels: 13, stride: 2 }]],
    ['whose levels would have eight bits', [first, { ...next, bits: 8 }]],
    ['behind blocks and a maximum', [first, { op: 'max-pool', kernel: 1, stride: 1 }, { ...next, padding: 2 }]],
  ])('%s are the sums before any threshold, in the cycles that levels take', (_, layers) => {
    const simulation = new Simulation(array);
    simulation.pauses(20, 0, 7);
    const model = modelFromPlan({ input, layers, classes: 2, seed: 3 });
    const result = accumulatorsOf(simulation, model, randomPixels(model.input, 1, 2));
    simulation.finish();
    const { codes, cycles, given, expected } = result();
    expect(codes).toEqual([0, 0]);
    expect(cycles).toBe(0);
    expect(given).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(10);
  });

  it('are followed by levels again, from the next image of a network', () => {
    const simulation = new Simulation(array);
    const model = modelFromPlan({ input, layers: [first, next], classes: 2, seed: 5 });
    const image = randomPixels(model.input, 1, 5);
    const result = accumulatorsOf(simulation, model, image);
    const levels = compareOn(simulation, model, array, [image]);
    simulation.finish();
    expect(result().given).toEqual(result().expected);
    expect(levels()).toMatchObject({ mismatches: 0 });
  });

  it('beyond their memory stop the run with an error', () => {
    const model = modelFromPlan({ input, layers: [first], classes: 2, seed: 3 });
    const image = lowerModel(model, array, 'accumulators').image;
    const simulation = new Simulation(array);
    const loaded = simulation.load(withFields(image, 0, { out_rows_last: 40, out_columns_last: 40 }));
    const run = simulation.run(packPixels(randomPixels(model.input, 1, 1), 3));
    simulation.finish();
    expect([loaded(), run().code]).toEqual([0, engineErrors.ACCUMULATORS_RANGE.code]);
  });
});

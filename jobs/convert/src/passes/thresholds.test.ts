import type { ConvolutionLayer, IntegerModel } from '@dropforge/quantized-inference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { addHead, randomSource } from '../frontend/testing/networks.ts';

const CHANNELS = 6;
/** 3 taps of int8 weights up to 127 on pixels from -128. */
const LARGEST = 3 * 127 * 128;
const STEP = 2 / 3;

interface Normalization {
  readonly gamma: number;
  readonly beta: number;
  readonly mean: number;
  readonly variance: number;
  /** Scale of the channel's weights. */
  readonly scale: number;
}

const normalization: fc.Arbitrary<Normalization> = fc
  .record({
    // Four in ten are negative, one in ten is zero.
    sign: fc.constantFrom(-1, -1, -1, -1, 0, 1, 1, 1, 1, 1),
    gamma: fc.double({ min: 1e-6, max: 8, noNaN: true }),
    beta: fc.double({ min: -6, max: 6, noNaN: true }),
    mean: fc.double({ min: -300, max: 300, noNaN: true }),
    variance: fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-12, max: 1e-6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
    ),
    scale: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
  })
  .map(({ sign, gamma, ...rest }) => ({ ...float32(rest), gamma: Math.fround(sign * gamma) }));

describe('folding normalization and quantizer into thresholds', () => {
  test('gives the level of the float graph for every accumulator that can occur', () => {
    fc.assert(
      fc.property(fc.array(normalization, { minLength: CHANNELS, maxLength: CHANNELS }), (parameters) => {
        const layer = firstLayer(parameters);
        for (const [channel, parameter] of parameters.entries()) expectSameLevels(layer, channel, parameter);
      }),
      { numRuns: 12 },
    );
  });

  test.each([
    ['up where the file says HALF_UP, as the trainer writes', 'HALF_UP', [0, 4, 8]],
    ['to even where it says ROUND', 'ROUND', [1, 4, 9]],
  ] as const)('rounds exact ties %s, whatever the sign of the slope', (_, mode, thresholds) => {
    for (const gamma of [1, -1]) {
      // t = ±acc/4 + 1/2 in steps of 1: a tie whenever acc is a multiple of 4. All numbers are exact in binary.
      const layer = firstLayer(channels({ gamma, beta: 0.5, mean: 0, variance: 0.25, scale: 0.125 }), 1, 0, mode);
      expect(Array.from(layer.thresholds.slice(0, 3))).toEqual(thresholds);
    }
  });

  test('puts thresholds of a constant channel out of reach', () => {
    const limit = LARGEST + 1;
    const thresholds = [-1, 0.4, 0.5, 1.2, 9].map((beta) =>
      Array.from(firstLayer(channels({ gamma: 0, beta, mean: 0, variance: 1, scale: 1 }), 1).thresholds.slice(0, 3)),
    );
    expect(thresholds).toEqual([
      [limit, limit, limit],
      [limit, limit, limit],
      [-limit, limit, limit],
      [-limit, limit, limit],
      [-limit, -limit, -limit],
    ]);
  });

  test('clamps a threshold that no accumulator reaches', () => {
    const layer = firstLayer(channels({ gamma: 1e-6, beta: 0, mean: 0, variance: 1, scale: 1e-4 }), 1);
    expect(layer.thresholds.slice(0, 3)).toEqual(new Int32Array(3).fill(LARGEST + 1));
  });
});

function expectSameLevels(layer: ConvolutionLayer, channel: number, parameter: Normalization): void {
  const thresholds = layer.thresholds.subarray(channel * 3, channel * 3 + 3);
  const sign = negated(layer, channel) ? -1 : 1;
  const root = Math.sqrt(parameter.variance + Math.fround(1e-5));
  let wrong = 0;
  for (let accumulator = -LARGEST; accumulator <= LARGEST; accumulator++) {
    const value = (parameter.gamma * (parameter.scale * accumulator - parameter.mean)) / root + parameter.beta;
    const exact = value / Math.fround(STEP);
    const [first = 0, second = 0, third = 0] = thresholds;
    const own = sign * accumulator;
    const level = Number(own >= first) + Number(own >= second) + Number(own >= third);
    if (level === Math.min(Math.max(Math.floor(exact + 0.5), 0), 3)) continue;
    // Two float64 evaluations may differ where the value lies on a border to within their rounding.
    if (
      Math.abs(exact + 0.5 - Math.round(exact + 0.5)) >
      1e-9 * (1 + Math.abs(parameter.mean * parameter.gamma) / root)
    )
      wrong++;
  }
  expect(wrong, JSON.stringify(parameter)).toBe(0);
}

/** Every weight of the test network is +1 step, so a negated channel shows in its weights. */
function negated(layer: ConvolutionLayer, channel: number): boolean {
  return layer.weights.format === 'int8' && (layer.weights.values[channel * 3] ?? 0) < 0;
}

function firstLayer(
  parameters: readonly Normalization[],
  step = STEP,
  epsilon = 1e-5,
  mode = 'HALF_UP',
): ConvolutionLayer {
  const builder = new NetworkBuilder([1, 3, 4, 4]);
  builder.node('Sub', ['', builder.constant(128)]);
  const scales = parameters.map(({ scale }) => scale);
  const weights = scales.flatMap((scale) => [scale, scale, scale]);
  builder.convolution(builder.quantWeights(weights, [scales.length, 3, 1, 1], scales), 1, 0);
  const list = (name: keyof Normalization): number[] => parameters.map((parameter) => parameter[name]);
  builder.batchNormalization(list('gamma'), list('beta'), list('mean'), list('variance'), epsilon);
  builder.quant(step, 2, 0, 0, mode).node('GlobalAveragePool', ['']).node('Flatten', ['']);
  addHead(builder, randomSource(1), parameters.length, 2);
  return convolutionOf(convertModel(builder.bytes()));
}

function convolutionOf({ layers: [layer] }: IntegerModel): ConvolutionLayer {
  if (layer?.op !== 'convolution') throw new Error('the first layer is a convolution');
  return layer;
}

function channels(parameter: Normalization): Normalization[] {
  return [parameter, parameter];
}

/** The file stores float32, so the parameters are what it can hold. */
function float32<T extends Record<string, number>>(numbers: T): T {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Math.fround(value)])) as T; // same keys
}

/** The operators against brute force: the definitions, written once more in the slowest and plainest way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import type { ConvolutionLayer, HeadLayer } from '../model.ts';
import { planLayers } from '../plan-layers.ts';
import type { Tensor } from '../tensor.ts';
import { modelFromPlan, randomPixels, randomSource } from '../testing.ts';
import { averagePool } from './average-pool.ts';
import { convolution } from './convolution.ts';
import { head } from './head.ts';
import { maxPool } from './max-pool.ts';
import { spaceToDepth } from './space-to-depth.ts';

/** One weight of a convolution, whatever its storage. */
function weightAt(layer: ConvolutionLayer, output: number, dy: number, dx: number, input: number): number {
  const tap = (dy * layer.kernel + dx) * layer.inputChannels + input;
  const taps = layer.kernel ** 2 * layer.inputChannels;
  if (layer.weights.format === 'int8') return layer.weights.values.at(output * taps + tap) ?? Number.NaN;
  const word = layer.weights.words.at(output * Math.ceil(taps / 32) + Math.floor(tap / 32)) ?? Number.NaN;
  return Math.floor(word / 2 ** (tap % 32)) % 2 === 1 ? 1 : -1;
}

function valueAt(tensor: Tensor, y: number, x: number, channel: number, outside = Number.NaN): number {
  if (y < 0 || x < 0 || y >= tensor.height || x >= tensor.width) return outside;
  return tensor.values.at((y * tensor.width + x) * tensor.channels + channel) ?? Number.NaN;
}

function bruteForceConvolution(layer: ConvolutionLayer, input: Tensor, height: number, width: number): number[] {
  const levels: number[] = [];
  const count = layer.thresholds.length / layer.outputChannels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let output = 0; output < layer.outputChannels; output++) {
        let sum = 0;
        for (let dy = 0; dy < layer.kernel; dy++) {
          for (let dx = 0; dx < layer.kernel; dx++) {
            for (let channel = 0; channel < layer.inputChannels; channel++) {
              const [row, column] = [y * layer.stride + dy - layer.padding, x * layer.stride + dx - layer.padding];
              const value = valueAt(input, row, column, channel, layer.paddingLevel);
              sum += weightAt(layer, output, dy, dx, channel) * value;
            }
          }
        }
        const thresholds = layer.thresholds.subarray(output * count, (output + 1) * count);
        levels.push(thresholds.filter((threshold) => sum >= threshold).length);
      }
    }
  }
  return levels;
}

const convolutionCase = fc.record({
  height: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 7 }),
  inputs: fc.integer({ min: 1, max: 70 }),
  outputs: fc.integer({ min: 1, max: 6 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  extraPadding: fc.nat(4),
  paddingLevel: fc.nat(255),
  inputBits: fc.option(fc.integer({ min: 1, max: 8 })),
  bits: fc.integer({ min: 1, max: 8 }),
  weights: fc.constantFrom('int8' as const, 'bits' as const),
  seed: fc.nat(),
});

describe('convolution', () => {
  it('equals the sum over the window for any shape, stride, padding, channels and weights', () => {
    fc.assert(
      fc.property(convolutionCase, ({ height, width, inputs, outputs, kernel, inputBits, seed, ...rest }) => {
        const needed = Math.max(0, Math.ceil((kernel - Math.min(height, width)) / 2));
        const padding = Math.min(kernel - 1, needed + rest.extraPadding);
        const random = randomSource(seed);
        const level = () => (inputBits === null ? random(256) - 128 : random(2 ** inputBits));
        const values = new (inputBits === null ? Int8Array : Uint8Array)(height * width * inputs).map(level);
        const paddingLevel = inputBits === null || padding === 0 ? 0 : rest.paddingLevel % 2 ** inputBits;
        const weights = (inputBits ?? 0) > limits.bitPlanes ? 'int8' : rest.weights;
        const layerPlan = {
          ...rest,
          op: 'convolution',
          channels: outputs,
          kernel,
          padding,
          paddingLevel,
          weights,
        } as const;
        const input = { height, width, channels: inputs };
        const [planned] = planLayers(modelFromPlan({ input, layers: [layerPlan], classes: 1, seed }));
        if (planned?.layer.op !== 'convolution') throw new Error('The plan starts with a convolution.');
        const output = convolution(planned.layer, { ...input, values }, inputBits);
        const expected = bruteForceConvolution(planned.layer, { ...input, values }, output.height, output.width);
        expect([...output.values]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('reaches a threshold that equals the accumulator, and counts equal thresholds together', () => {
    const layer = {
      op: 'convolution',
      name: 'c',
      kernel: 1,
      stride: 1,
      padding: 0,
      paddingLevel: 0,
      inputChannels: 1,
      outputChannels: 1,
      activationBits: 2,
      weights: { format: 'bits', words: Uint32Array.of(0) },
      thresholds: Int32Array.of(-2, -2, 0),
    } as const;
    const input = { height: 1, width: 4, channels: 1, values: Uint8Array.of(0, 1, 2, 3) };
    // Accumulators 0, -1, -2, -3.
    expect([...convolution(layer, input, 2).values]).toEqual([3, 2, 2, 0]);
  });

  it('never reaches the largest threshold and always the smallest', () => {
    const layer = {
      op: 'convolution',
      name: 'c',
      kernel: 1,
      stride: 1,
      padding: 0,
      paddingLevel: 0,
      inputChannels: 1,
      outputChannels: 2,
      activationBits: 1,
      weights: { format: 'int8', values: Int8Array.of(-128, 127) },
      thresholds: Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
    } as const;
    const input = { height: 1, width: 1, channels: 1, values: Int8Array.of(-128) };
    expect([...convolution(layer, input, null).values]).toEqual([1, 0]);
  });
});

describe('data movement', () => {
  const values = Uint8Array.from({ length: 4 * 6 * 2 }, (_, index) => index);
  const input = { height: 4, width: 6, channels: 2, values };

  it('moves pixel (y, x) of a block to channel (dy * block + dx) * C + c', () => {
    const output = spaceToDepth({ op: 'space-to-depth', name: 's', block: 2 }, input);
    expect(output).toMatchObject({ height: 2, width: 3, channels: 8 });
    for (const [index, level] of output.values.entries()) {
      const [pixel, slot] = [Math.floor(index / 8), index % 8];
      const [dy, dx, channel] = [Math.floor(slot / 4), Math.floor(slot / 2) % 2, slot % 2];
      expect(level).toBe(valueAt(input, Math.floor(pixel / 3) * 2 + dy, (pixel % 3) * 2 + dx, channel));
    }
  });

  it('takes the maximum of each window and drops an incomplete last one', () => {
    const noise = {
      height: 5,
      width: 4,
      channels: 3,
      values: randomPixels({ height: 5, width: 4, channels: 3 }, 1, 9),
    };
    const output = maxPool({ op: 'max-pool', name: 'm', kernel: 2, stride: 2 }, noise);
    expect(output).toMatchObject({ height: 2, width: 2, channels: 3 });
    for (const [index, level] of output.values.entries()) {
      const [y, x, channel] = [Math.floor(index / 6), Math.floor(index / 3) % 2, index % 3];
      const window = [0, 1].flatMap((dy) => [0, 1].map((dx) => valueAt(noise, 2 * y + dy, 2 * x + dx, channel)));
      expect(level).toBe(Math.max(...window));
    }
  });
});

describe('average pooling', () => {
  it('counts the thresholds that the sum of each window reaches, and drops an incomplete last one', () => {
    const input = {
      height: 5,
      width: 4,
      channels: 3,
      values: randomPixels({ height: 5, width: 4, channels: 3 }, 1, 9),
    };
    for (const bits of [1, 2, 4, 5, 8]) {
      const count = 2 ** bits - 1;
      const thresholds = Int32Array.from({ length: 3 * count }, (_, k) => 40 * Math.floor(k / count) + 3 * (k % count));
      const layer = {
        op: 'average-pool',
        name: 'a',
        kernel: 2,
        stride: 2,
        inputChannels: 3,
        activationBits: bits,
      } as const;
      const output = averagePool({ ...layer, thresholds }, input);
      expect(output).toMatchObject({ height: 2, width: 2, channels: 3 });
      for (const [index, level] of output.values.entries()) {
        const [y, x, channel] = [Math.floor(index / 6), Math.floor(index / 3) % 2, index % 3];
        const window = [0, 1].flatMap((dy) => [0, 1].map((dx) => valueAt(input, 2 * y + dy, 2 * x + dx, channel)));
        const sum = window.reduce((total, value) => total + value, 0);
        const row = thresholds.subarray(channel * count, (channel + 1) * count);
        expect(level).toBe(row.filter((threshold) => sum >= threshold).length);
      }
    }
  });
});

describe('head', () => {
  it('adds weights times the sum of levels to the bias, exactly at the ends of int32', () => {
    const layer: HeadLayer = {
      op: 'head',
      name: 'h',
      inputChannels: 2,
      weights: Int8Array.of(-128, 127, 1, 0, 0, 0),
      bias: Int32Array.of(5, 2 ** 31 - 1 - 6, -(2 ** 31)),
    };
    const input = { height: 1, width: 2, channels: 2, values: Uint8Array.of(3, 1, 3, 2) };
    expect([...head(layer, input)]).toEqual([5 - 128 * 6 + 127 * 3, 2 ** 31 - 1, -(2 ** 31)]);
  });
});

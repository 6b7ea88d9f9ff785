import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { normals, randomSource } from '../frontend/testing/networks.ts';
import { expectSameLogits } from './testing/expect-same-logits.ts';

/** One quantized layer of 8 channels, pooled, and a last layer of `outputs` classes with a scale for each class. */
function perClassScales(random: () => number): NetworkBuilder {
  const builder = new NetworkBuilder([1, 3, 8, 8]);
  builder.node('Sub', ['', builder.constant(128)]);
  builder.convolution(builder.quantWeights(normals(random, 8 * 27), [8, 3, 3, 3], [0.01]), 3, 1).quant(0.5, 4);
  builder
    .node('AveragePool', [''], { kernel_shape: [2, 2], strides: [2, 2] })
    .quant(0.6, 4)
    .node('Flatten', ['']);
  const weights = builder.quantWeights(normals(random, 4 * 128), [4, 128], [0.01, 0.02, 0.03, 0.04]);
  return builder.node('Gemm', ['', weights, builder.constant(normals(random, 4))], { transB: 1 });
}

describe('the logits', () => {
  test.each([
    ['signed', 1, 0.4],
    ['unsigned', 0, 0.2],
  ])('may be quantized to %s levels, which a head of ones then hands out', (_, signed, step) => {
    const model = expectSameLogits(perClassScales(randomSource(4)).quant(step, 8, signed), 4);
    const head = model.layers.at(-1);
    expect(head).toMatchObject({
      op: 'head',
      inputChannels: 4,
      bias: Int32Array.from({ length: 4 }, () => -128 * signed),
    });
    expect(model.logitScale).toBeCloseTo(step);
  });

  test('may have biases quantized to the width of sums', () => {
    const random = randomSource(5);
    const builder = new NetworkBuilder([1, 3, 4, 4]);
    builder.node('Sub', ['', builder.constant(128)]).node('Flatten', ['']);
    const wide = (count: number, scale: number): string => {
      const inputs = [
        builder.constant(normals(random, count)),
        ...[scale, 0, 32].map((value) => builder.constant(value)),
      ];
      return builder.aside('Quant', inputs, { signed: 1, narrow: 0, rounding_mode: 'ROUND' }, builder.domain);
    };
    const hidden = builder.quantWeights(normals(random, 48 * 10), [10, 48], [0.01]);
    builder.node('Gemm', ['', hidden, wide(10, 0.0005)], { transB: 1 }).quant(0.7, 4);
    const last = builder.quantWeights(normals(random, 30), [3, 10], [0.05]);
    expectSameLogits(builder.node('Gemm', ['', last, wide(3, 0.035)], { transB: 1 }), 4);
  });

  test('may follow a width that the graph computes itself, as truncating averages of unknown size do', () => {
    const random = randomSource(6);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.node('Sub', ['', builder.constant(128)]);
    builder.convolution(builder.quantWeights(normals(random, 8 * 27), [8, 3, 3, 3], [0.01]), 3, 1).quant(0.5, 4);
    builder.node('GlobalAveragePool', ['']).node('Mul', ['', builder.constant(64)]);
    // ceil(log2(64 * 15)) = 10 bits.
    const logarithm = builder.aside('Log', [builder.constant(64 * 15)]);
    const bits = builder.aside('Ceil', [builder.aside('Div', [logarithm, builder.constant(Math.LN2)])]);
    const inputs = [builder.constant(0.5), builder.constant(0), bits, builder.constant(8)];
    builder.node('Trunc', ['', ...inputs], { rounding_mode: 'FLOOR' }, builder.domain).node('Flatten', ['']);
    const last = builder.quantWeights(normals(random, 24), [3, 8], [0.05]);
    expectSameLogits(builder.node('Gemm', ['', last, builder.constant([0.1, 0.2, 0.3])], { transB: 1 }), 4);
  });
});

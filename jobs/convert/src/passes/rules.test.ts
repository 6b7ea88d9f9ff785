import type { Layer } from '@dropforge/quantized-inference';
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { addHead, normalize, normals, randomSource } from '../frontend/testing/networks.ts';
import { expectSameLogits } from './testing/expect-same-logits.ts';

type Build = (builder: NetworkBuilder, random: () => number) => void;

/** A first layer of 8 channels on a 8 x 8 image, then `build`, which leaves `features` in a [1, F] tensor, then a head. */
function network(features: number, build: Build, activation: Build = twoBits): NetworkBuilder {
  const random = randomSource(3);
  const builder = new NetworkBuilder([1, 3, 8, 8]);
  builder.node('Sub', ['', builder.constant(128)]);
  firstLayer(builder, random, 1);
  activation(builder, random);
  build(builder, random);
  return addHead(builder, random, features, 4);
}

function firstLayer(builder: NetworkBuilder, random: () => number, padding: number): void {
  const scales = Array.from({ length: 8 }, () => 0.01 + random() * 0.01);
  builder.convolution(builder.quantWeights(normals(random, 8 * 27), [8, 3, 3, 3], scales), 3, padding);
}

const twoBits: Build = (builder, random) => normalize(builder, random, 8, 60);
const pooled: Build = (builder) => builder.node('GlobalAveragePool', ['']).node('Flatten', ['']);

function binary(
  builder: NetworkBuilder,
  random: () => number,
  from: number,
  to: number,
  kernel = 1,
  padding = 0,
): void {
  const weights = builder.bipolarWeights(normals(random, to * from * kernel * kernel), [to, from, kernel, kernel], 0.1);
  builder.convolution(weights, kernel, padding);
}

describe('what other exporters write gives the same logits as the float graph', () => {
  test('a normalization spelled Sub, Pow, Div, Mul, Add', () => {
    const build: Build = (builder, random) => {
      binary(builder, random, 8, 8, 3, 1);
      const column = (): string =>
        builder.constant(
          Array.from({ length: 8 }, () => 0.5 + random()),
          [1, 8, 1, 1],
        );
      const deviation = builder.aside('Pow', [
        builder.aside('Add', [column(), builder.constant(1e-5)]),
        builder.constant(0.5),
      ]);
      builder
        .node('Sub', ['', column()])
        .node('Div', ['', deviation])
        .node('Mul', ['', column()])
        .node('Add', ['', column()]);
      builder.quant(0.7);
      pooled(builder, random);
    };
    expectSameLogits(network(8, build), 3);
  });

  test('space-to-depth spelled Reshape, Transpose, Reshape, in both channel orders', () => {
    for (const order of [
      [0, 3, 5, 1, 2, 4],
      [0, 1, 3, 5, 2, 4],
    ]) {
      const build: Build = (builder, random) => {
        builder.node('Reshape', ['', builder.constant([1, 8, 4, 2, 4, 2], [6], 'raw-int64')]);
        builder.node('Transpose', [''], { perm: order });
        builder.node('Reshape', ['', builder.constant([1, 32, 4, -1], [4], 'int64_data')]);
        binary(builder, random, 32, 8, 3, 1);
        normalize(builder, random, 8, 3);
        pooled(builder, random);
      };
      const model = expectSameLogits(network(8, build), 3);
      expect(model.layers[1]).toMatchObject({ op: 'space-to-depth', block: 2 });
    }
  });

  test('an image with its colours last', () => {
    const random = randomSource(4);
    const builder = new NetworkBuilder(['batch', 8, 6, 3]);
    builder.node('Transpose', [''], { perm: [0, 3, 1, 2] }).node('Sub', ['', builder.constant(128)]);
    firstLayer(builder, random, 1);
    twoBits(builder, random);
    pooled(builder, random);
    const model = expectSameLogits(addHead(builder, random, 8, 3), 3);
    expect(model.input).toMatchObject({ height: 8, width: 6, channels: 3 });
  });

  test('a shape that is computed from the tensor itself', () => {
    const build: Build = (builder) => {
      builder.node('GlobalAveragePool', ['']);
      const shape = builder.aside('Shape', ['']);
      const batch = builder.aside('Gather', [shape, builder.constant(0, [], 'int64_data')], { axis: 0 });
      const first = builder.aside('Unsqueeze', [batch, builder.constant([0], [1], 'int64_data')]);
      const target = builder.aside('Concat', [first, builder.constant([-1], [1], 'int64_data')], { axis: 0 });
      builder.node('Reshape', ['', target]);
    };
    // The direct evaluation knows no shapes, so the two spellings are compared with each other.
    const plain = expectSameLogits(network(8, pooled), 1);
    expect(convertedLayers(network(8, build))).toEqual(plain.layers.map(withoutName));
  });

  test.each(['onnx.brevitas', 'finn.custom_op.general'])('quantizers under the domain %s', (domain) => {
    const random = randomSource(6);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.domain = domain;
    builder.node('Sub', ['', builder.constant(128)]);
    firstLayer(builder, random, 1);
    twoBits(builder, random);
    pooled(builder, random);
    expectSameLogits(addHead(builder, random, 8, 3), 2);
  });

  test('an eight-bit input quantizer behind a scaling of the pixels', () => {
    const random = randomSource(7);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.node('Div', ['', builder.constant(255)]).quant(1 / 255, 8);
    firstLayer(builder, random, 0);
    builder.node('Mul', ['', builder.constant(100)]);
    twoBits(builder, random);
    pooled(builder, random);
    expectSameLogits(addHead(builder, random, 8, 3), 3);
  });
});

describe('networks of other shapes give the same logits as the float graph', () => {
  test('max pooling behind a quantizer, and between normalization and quantizer', () => {
    const after = { kernel_shape: [2, 2], strides: [2, 2] };
    const build: Build = (builder, random) => {
      builder.node('MaxPool', [''], after);
      binary(builder, random, 8, 8, 3, 1);
      const gamma = Array.from({ length: 8 }, () => (random() - 0.5) * 2);
      builder.batchNormalization(
        gamma,
        normals(random, 8),
        normals(random, 8),
        gamma.map(() => 4),
      );
      builder
        .node('Relu', [''])
        .node('MaxPool', [''], { kernel_shape: [3, 3], strides: [1, 1] })
        .quant(0.3);
      pooled(builder, random);
    };
    expectSameLogits(network(8, build), 3);
  });

  test('bipolar activations without padding', () => {
    const sign: Build = (builder, random) => {
      builder.batchNormalization(normals(random, 8), normals(random, 8), normals(random, 8), new Array(8).fill(900));
      builder.node('BipolarQuant', ['', builder.constant(0.5)], {}, builder.domain);
    };
    const build: Build = (builder, random) => {
      binary(builder, random, 8, 8, 3, 0);
      sign(builder, random);
      pooled(builder, random);
    };
    expectSameLogits(network(8, build, sign), 3);
  });

  test('signed ternary activations', () => {
    const ternary: Build = (builder, random) => {
      builder.batchNormalization(normals(random, 8), normals(random, 8), normals(random, 8), new Array(8).fill(900));
      builder.quant(0.5, 2, 1, 1);
    };
    const build: Build = (builder, random) => {
      binary(builder, random, 8, 8, 3, 0);
      normalize(builder, random, 8, 3);
      pooled(builder, random);
    };
    expectSameLogits(network(8, build, ternary), 3);
  });

  test('MultiThreshold with thresholds per channel', () => {
    const thresholds: Build = (builder, random) => {
      const values = Array.from({ length: 8 }, () =>
        normals(random, 3)
          .map((value) => value * 60)
          .sort((a, b) => a - b),
      );
      const attributes = { out_scale: { float: 0.5 }, out_dtype: 'UINT2' };
      builder.node('MultiThreshold', ['', builder.constant(values.flat(), [8, 3])], attributes, builder.domain);
    };
    expectSameLogits(network(8, pooled, thresholds), 3);
  });

  test('fully connected hidden layers over a flattened image', () => {
    const random = randomSource(8);
    const builder = new NetworkBuilder([1, 3, 4, 4]);
    builder.node('Sub', ['', builder.constant(128)]).node('Flatten', ['']);
    const first = builder.quantWeights(normals(random, 48 * 10), [48, 10], [0.01]);
    builder.node('MatMul', ['', first]);
    builder
      .batchNormalization(normals(random, 10), normals(random, 10), normals(random, 10), new Array(10).fill(900))
      .quant(0.4, 3);
    const second = builder.quantWeights(normals(random, 60), [6, 10], [0.2], 4);
    builder.node('Gemm', ['', second, builder.constant(normals(random, 6))], { transB: 1 }).quant(0.3);
    expectSameLogits(addHead(builder, random, 6, 3), 3);
  });

  test('a square grey image in a row', () => {
    const random = randomSource(12);
    const builder = new NetworkBuilder(['batch', 64]);
    builder.node('Div', ['', builder.constant(255)]);
    builder.node('MatMul', ['', builder.quantWeights(normals(random, 64 * 10), [64, 10], [0.01])]).quant(0.1, 3, 1);
    const model = expectSameLogits(addHead(builder, random, 10, 3), 3);
    expect(model.input).toMatchObject({ height: 8, width: 8, channels: 1 });
  });

  test('a head over the flattened map', () => {
    const model = expectSameLogits(
      network(8 * 16, (builder) =>
        builder.node('MaxPool', [''], { kernel_shape: [2, 2], strides: [2, 2] }).node('Flatten', ['']),
      ),
      3,
    );
    expect(model.layers.at(-2)).toMatchObject({ op: 'space-to-depth', block: 4 });
  });

  test('a head that is a pointwise convolution in front of the average, with a softmax', () => {
    const random = randomSource(9);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.node('Sub', ['', builder.constant(128)]);
    firstLayer(builder, random, 1);
    twoBits(builder, random);
    builder.convolution(builder.quantWeights(normals(random, 24), [3, 8, 1, 1], [0.02]), 1, 0);
    builder.node('GlobalAveragePool', ['']).node('Flatten', ['']).node('Softmax', ['']);
    expectSameLogits(builder, 3);
  });

  test('stride two, four-bit activations and eight-bit weights inside', () => {
    const build: Build = (builder, random) => {
      const weights = builder.quantWeights(normals(random, 8 * 8 * 9), [8, 8, 3, 3], [0.02]);
      builder.convolution(weights, 3, 1, 2).quant(0.05, 4);
      pooled(builder, random);
    };
    expectSameLogits(network(8, build), 3);
  });

  test('binary weights in the first layer', () => {
    const random = randomSource(11);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.node('Sub', ['', builder.constant(128)]);
    binary(builder, random, 3, 8, 3, 1);
    twoBits(builder, random);
    pooled(builder, random);
    expectSameLogits(addHead(builder, random, 8, 3), 3);
  });
});

function convertedLayers(builder: NetworkBuilder): unknown[] {
  return convertModel(builder.bytes()).layers.map(withoutName);
}

function withoutName({ name: _, ...layer }: Layer): unknown {
  return layer;
}

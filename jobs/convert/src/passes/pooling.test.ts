import { describe, expect, test } from 'vitest';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { addHead, normalize, normals, randomSource } from '../frontend/testing/networks.ts';
import { expectSameLogits } from './testing/expect-same-logits.ts';

type Build = (builder: NetworkBuilder, random: () => number) => void;

/** A first layer of 8 channels and `bits` per level on an image of `height` x 8, `build`, and a head over `features`. */
function network(build: Build, { features = 8, bits = 2, height = 8 } = {}): NetworkBuilder {
  const random = randomSource(5);
  const builder = new NetworkBuilder([1, 3, height, 8]);
  builder.node('Sub', ['', builder.constant(128)]);
  builder.convolution(builder.quantWeights(normals(random, 8 * 27), [8, 3, 3, 3], [0.01]), 3, 1);
  builder.quant(40 / 2 ** bits, bits);
  build(builder, random);
  return addHead(builder.node('Flatten', ['']), random, features, 4);
}

function binary(builder: NetworkBuilder, random: () => number, kernel: number, padding = 0): void {
  const weights = builder.bipolarWeights(normals(random, 64 * kernel * kernel), [8, 8, kernel, kernel], 0.1);
  builder.convolution(weights, kernel, padding);
  normalize(builder, random, 8, 3);
}

const halving = { kernel_shape: [2, 2], strides: [2, 2] };

describe('averages give the same logits as the float graph', () => {
  test('in front of a convolution, which then reads the sums as levels', () => {
    const model = expectSameLogits(
      network((builder, random) => {
        builder.node('AveragePool', [''], halving);
        binary(builder, random, 3, 1);
        builder.node('GlobalAveragePool', ['']);
      }),
      3,
    );
    const [, pool, convolution] = model.layers;
    expect(pool).toMatchObject({ op: 'average-pool', kernel: 2, stride: 2, activationBits: 4 });
    expect(convolution).toMatchObject({ kernel: 3, weights: { format: 'bits' } });
  });

  test('of more than eight bits in front of a convolution, whose weights then repeat', () => {
    const build: Build = (builder, random) => {
      builder.node('AveragePool', [''], halving);
      binary(builder, random, 3);
      builder.node('GlobalAveragePool', ['']);
    };
    const model = expectSameLogits(network(build, { bits: 8 }), 3);
    expect(model.layers[1]).toMatchObject({ op: 'convolution', kernel: 6, stride: 2, weights: { format: 'int8' } });
  });

  test('over the whole image in front of a hidden layer, as levels or as repeated weights', () => {
    const build: Build = (builder, random) => {
      builder.node('GlobalAveragePool', ['']).node('Flatten', ['']);
      builder.node('Gemm', ['', builder.bipolarWeights(normals(random, 64), [8, 8], 0.1)], { transB: 1 });
      normalize(builder, random, 8, 0.5);
    };
    const few = expectSameLogits(network(build, { bits: 1 }), 3);
    expect(few.layers.map(({ op }) => op)).toEqual(['convolution', 'average-pool', 'convolution', 'head']);
    const many = expectSameLogits(network(build, { bits: 4 }), 3);
    expect(many.layers[1]).toMatchObject({ op: 'convolution', kernel: 8 });
  });

  test('over an image that is not square, in front of the last layer', () => {
    const model = expectSameLogits(
      network((builder) => builder.node('ReduceMean', [''], { axes: [2, 3] }), { height: 6 }),
      3,
    );
    expect(model.layers).toHaveLength(2);
  });

  test('that are quantized per channel', () => {
    const build: Build = (builder, random) => {
      builder.node('AveragePool', [''], { kernel_shape: [3, 3], strides: [2, 2] });
      builder.node('Mul', [
        '',
        builder.constant(
          normals(random, 8).map((value) => Math.abs(value) + 0.2),
          [8, 1, 1],
        ),
      ]);
      builder.quant(2, 3);
    };
    expectSameLogits(network(build, { features: 8 * 9, bits: 4 }), 3);
  });

  test.each(['FLOOR', 'ROUND', 'CEIL'])(
    'that are truncated with %s, with widths or with an output scale',
    (rounding_mode) => {
      // Sums themselves, and halves of them, whose inner rounding meets ties.
      for (const [factor, ...parameters] of [
        [4, 10, 0, 6, 4],
        [4, 10, 2, 6, 4],
        [4, 10, 0, 6, 40, 3],
        [2, 10, 0, 3, 3],
        [2, 10, 0, 4, 3],
      ] as const) {
        const build: Build = (builder, random) => {
          builder.node('AveragePool', [''], halving).node('Mul', ['', builder.constant(factor)]);
          const inputs = parameters.map((value) => builder.constant(value));
          builder.node('Trunc', ['', ...inputs], { rounding_mode, signed: 0 }, builder.domain);
          binary(builder, random, 3, parameters[1] === 0 ? 1 : 0);
          builder.node('GlobalAveragePool', ['']);
        };
        expectSameLogits(network(build), 2);
      }
    },
  );
});

describe('other movement gives the same logits as the float graph', () => {
  test('a maximum over the whole image', () => {
    const model = expectSameLogits(
      network((builder) => builder.node('GlobalMaxPool', ['']), { bits: 4 }),
      3,
    );
    expect(model.layers[1]).toMatchObject({ op: 'max-pool', kernel: 8 });
  });

  test.each(['DCR', 'CRD'])('depth-to-space of mode %s in front of a fully connected layer', (mode) => {
    const build: Build = (builder) => builder.node('DepthToSpace', [''], { blocksize: 2, mode });
    expectSameLogits(network(build, { features: 8 * 64 }), 2);
  });

  test('depth-to-space that undoes a space-to-depth', () => {
    const build: Build = (builder, random) => {
      builder.node('SpaceToDepth', [''], { blocksize: 2 }).node('DepthToSpace', [''], { blocksize: 2, mode: 'DCR' });
      binary(builder, random, 3, 1);
      builder.node('GlobalAveragePool', ['']);
    };
    expect(expectSameLogits(network(build), 2).layers.map(({ op }) => op)).not.toContain('space-to-depth');
  });

  test('space-to-depth and pools of pixels, which become levels first', () => {
    const random = randomSource(6);
    const builder = new NetworkBuilder([1, 1, 8, 8]);
    builder.node('Div', ['', builder.constant(255)]).node('SpaceToDepth', [''], { blocksize: 2 });
    builder.node('MaxPool', [''], { kernel_shape: [2, 2], strides: [1, 1] });
    builder.convolution(builder.quantWeights(normals(random, 32), [8, 4, 1, 1], [0.01]), 1, 0).quant(0.3, 3);
    expectSameLogits(addHead(builder.node('Flatten', ['']), random, 72, 3), 3);
  });
});

describe('padding gives the same logits as the float graph', () => {
  test.each([
    ['signed levels', 2, 1, 1],
    ['signed levels with the lowest', 3, 1, 0],
    ['unsigned levels', 2, 0, 0],
  ])('of %s', (_, bits, signed, narrow) => {
    const build: Build = (builder, random) => {
      binary(builder, random, 3, 1);
      builder.quant(0.5, bits, signed, narrow);
      binary(builder, random, 3, 1);
      builder.node('GlobalAveragePool', ['']);
    };
    expectSameLogits(network(build), 3);
  });

  test('of bipolar levels, whose layer writes 0 and 2, also behind pools and space-to-depth', () => {
    const build: Build = (builder, random) => {
      const weights = builder.bipolarWeights(normals(random, 64 * 9), [8, 8, 3, 3], 0.1);
      builder.convolution(weights, 3, 1).node('Sub', ['', builder.constant(0.3)]);
      builder.node('BipolarQuant', ['', builder.constant(0.5)], {}, builder.domain);
      builder.node('MaxPool', [''], halving).node('SpaceToDepth', [''], { blocksize: 2 });
      const next = builder.bipolarWeights(normals(random, 32 * 8 * 9), [8, 32, 3, 3], 0.1);
      builder.convolution(next, 3, 1).quant(0.4);
      builder.node('GlobalAveragePool', ['']);
    };
    const { layers } = expectSameLogits(network(build), 3);
    expect(layers[1]).toMatchObject({ activationBits: 2 });
    expect(layers[4]).toMatchObject({ padding: 1, paddingLevel: 1, weights: { format: 'bits' } });
  });

  test('of pixels from 0 to 1, which become levels first', () => {
    const random = randomSource(7);
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    builder.node('Div', ['', builder.constant(255)]);
    builder.convolution(builder.quantWeights(normals(random, 8 * 27), [8, 3, 3, 3], [0.01]), 3, 1).quant(0.4);
    builder.node('GlobalAveragePool', ['']);
    const { layers } = expectSameLogits(addHead(builder.node('Flatten', ['']), random, 8, 3), 3);
    expect(layers[1]).toMatchObject({ padding: 1, paddingLevel: 0 });
  });
});

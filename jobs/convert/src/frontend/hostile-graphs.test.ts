/** Graphs that are well-formed messages and nonsense: each ends in a named error, whatever it claims. */
import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import type { ConversionErrorCode } from './conversion-error.ts';
import { NetworkBuilder } from './testing/network-builder.ts';
import { addHead, normals, randomSource } from './testing/networks.ts';
import { type NodeSpec, writeOnnx } from './testing/onnx-writer.ts';

type Build = (builder: NetworkBuilder) => unknown;

const random = randomSource(21);
const HUGE = 2 ** 31 - 1;

/** A first layer of 4 channels, quantized, then `build`, then a head over 4 features. */
function network(build: Build): Uint8Array {
  const builder = new NetworkBuilder([1, 3, 8, 8]);
  builder.node('Sub', ['', builder.constant(128)]);
  builder.convolution(builder.quantWeights(normals(random, 108), [4, 3, 3, 3], [0.02]), 3, 1);
  build(builder);
  builder.quant(1).node('GlobalAveragePool', ['']).node('Flatten', ['']);
  return addHead(builder, random, 4, 2).bytes();
}

function graph(nodes: readonly NodeSpec[], shape: readonly number[] = [1, 3, 8, 8]): Uint8Array {
  const initializers = { one: { dims: [], values: [1] } };
  return writeOnnx({ nodes, initializers, input: { name: 'image', shape }, output: 'y' });
}

const int64 = (builder: NetworkBuilder, values: number[]): string =>
  builder.constant(values, [values.length], 'raw-int64');

describe('a hostile graph is refused', () => {
  test.each<[string, ConversionErrorCode, Uint8Array]>([
    [
      'a node that reads itself',
      'UNSUPPORTED_GRAPH',
      graph([{ operator: 'Add', inputs: ['image', 'y'], output: 'y' }]),
    ],
    [
      'a cycle of two nodes',
      'UNSUPPORTED_GRAPH',
      graph([
        { operator: 'Add', inputs: ['image', 'b'], output: 'a' },
        { operator: 'Relu', inputs: ['a'], output: 'b' },
        { operator: 'Relu', inputs: ['b'], output: 'y' },
      ]),
    ],
    ['a node without an output', 'UNSUPPORTED_GRAPH', graph([{ operator: 'Relu', inputs: ['image'], output: '' }])],
    ['an output that is the input', 'UNSUPPORTED_GRAPH', graph([{ operator: 'Relu', inputs: ['x'], output: 'z' }])],
    ['a node without inputs', 'UNSUPPORTED_OPERATOR', graph([{ operator: 'Relu', inputs: [], output: 'y' }])],
    [
      'a tensor made twice',
      'UNSUPPORTED_GRAPH',
      graph([
        { operator: 'Relu', inputs: ['image'], output: 'y' },
        { operator: 'Relu', inputs: ['image'], output: 'y' },
      ]),
    ],
    [
      'an image without pixels',
      'UNSUPPORTED_INPUT',
      graph([{ operator: 'Relu', inputs: ['image'], output: 'y' }], [1, 3, 0, 0]),
    ],
    [
      'a reshape to more than there is',
      'SHAPE_MISMATCH',
      network((b) => b.node('Reshape', ['', int64(b, [1, 4, 9, 9])])),
    ],
    [
      'a reshape to nothing',
      'SHAPE_MISMATCH',
      network((b) => b.node('Reshape', ['', int64(b, [0, 0, -1, 0])], { allowzero: 1 })),
    ],
    [
      'a reshape with two unknowns',
      'SHAPE_MISMATCH',
      network((b) => b.node('Reshape', ['', int64(b, [1, 4, -1, -1])])),
    ],
    [
      'a constant beyond memory',
      'SHAPE_MISMATCH',
      network((b) => b.node('Add', ['', b.aside('ConstantOfShape', [int64(b, [HUGE, HUGE])])])),
    ],
    ['an axis that does not exist', 'SHAPE_MISMATCH', network((b) => b.node('Flatten', [''], { axis: 99 }))],
    ['a permutation that is none', 'SHAPE_MISMATCH', network((b) => b.node('Transpose', [''], { perm: [0, 0, 1, 2] }))],
    [
      'a window beyond the image',
      'SHAPE_MISMATCH',
      network((b) => b.node('MaxPool', [''], { kernel_shape: [4096, 4096] })),
    ],
    ['a window of nothing', 'SHAPE_MISMATCH', network((b) => b.node('MaxPool', [''], { kernel_shape: [0, 0] }))],
    [
      'a stride of nothing',
      'SHAPE_MISMATCH',
      network((b) => b.node('MaxPool', [''], { kernel_shape: [2, 2], strides: [0, 0] })),
    ],
    ['a negative window', 'UNSUPPORTED_ATTRIBUTE', network((b) => b.node('MaxPool', [''], { kernel_shape: [-1, -1] }))],
    ['a block of nothing', 'SHAPE_MISMATCH', network((b) => b.quant(1).node('SpaceToDepth', [''], { blocksize: 0 }))],
    ['a negative block', 'SHAPE_MISMATCH', network((b) => b.quant(1).node('DepthToSpace', [''], { blocksize: -2 }))],
    ['a divisor of zero', 'NOT_FINITE', network((b) => b.node('Div', ['', b.constant(0)]))],
    ['an infinite factor', 'NOT_FINITE', network((b) => b.node('Mul', ['', b.constant(Number.POSITIVE_INFINITY)]))],
    [
      'bounds that are no numbers',
      'NOT_FINITE',
      network((b) => b.node('Clip', ['', b.constant(Number.NaN), b.constant(1)])),
    ],
    ['a scale that is no number', 'UNSUPPORTED_QUANTIZER', network((b) => b.quant(Number.NaN))],
    ['an infinite scale', 'UNSUPPORTED_QUANTIZER', network((b) => b.quant(Number.POSITIVE_INFINITY))],
    ['a negative scale', 'UNSUPPORTED_QUANTIZER', network((b) => b.quant(-1))],
    ['half a bit', 'UNSUPPORTED_QUANTIZER', network((b) => b.quant(1, 0.5))],
    ['no bits', 'UNSUPPORTED_QUANTIZER', network((b) => b.quant(1, 0))],
    [
      'more channels than a layer has',
      'OUT_OF_RANGE',
      network((b) => b.quant(1).convolution(b.bipolarWeights(new Array(40_000).fill(1), [10_000, 4, 1, 1]), 1, 0)),
    ],
    [
      'depthwise weights that fill memory',
      'OUT_OF_RANGE',
      network((b) => {
        b.quant(1).node('SpaceToDepth', [''], { blocksize: 8 });
        const weights = b.bipolarWeights(new Array(2 ** 17).fill(1), [2 ** 17, 1, 1, 1]);
        b.node('Conv', ['', weights], { group: 256, kernel_shape: [1, 1] });
      }),
    ],
    [
      'thresholds out of order',
      'UNSUPPORTED_QUANTIZER',
      network((b) => b.node('MultiThreshold', ['', b.constant([1, 3, 2], [1, 3])], {}, b.domain)),
    ],
    [
      'thresholds that are no numbers',
      'NOT_FINITE',
      network((b) => b.node('MultiThreshold', ['', b.constant([1, Number.NaN], [1, 2])], {}, b.domain)),
    ],
    [
      'thresholds of other channels',
      'SHAPE_MISMATCH',
      network((b) => b.node('MultiThreshold', ['', b.constant([1, 2, 3], [3, 1])], {}, b.domain)),
    ],
    [
      'weights that are no numbers',
      'NOT_FINITE',
      network((b) => b.quant(1).convolution(b.quantWeights(new Array(16).fill(Number.NaN), [4, 4, 1, 1], [1]), 1, 0)),
    ],
    [
      'no groups',
      'SHAPE_MISMATCH',
      network((b) =>
        b
          .quant(1)
          .node('Conv', ['', b.bipolarWeights(normals(random, 16), [4, 4, 1, 1])], { group: 0, kernel_shape: [1, 1] }),
      ),
    ],
    [
      'a scale for another number of channels',
      'SHAPE_MISMATCH',
      network((b) => b.quant(1).convolution(b.quantWeights(normals(random, 16), [4, 4, 1, 1], [1, 1, 1]), 1, 0)),
    ],
  ])('%s', (_, code, bytes) => {
    expect(() => convertModel(bytes)).toThrow(expect.objectContaining({ name: 'ConversionError', code }));
  });
});

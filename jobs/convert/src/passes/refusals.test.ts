import { describe, expect, test } from 'vitest';
import { convertModel } from '../convert-model.ts';
import type { ConversionErrorCode } from '../frontend/conversion-error.ts';
import { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { addHead, lmnetV1, normals } from '../frontend/testing/networks.ts';
import {
  type Build,
  convolve,
  expectRefusal,
  finished,
  first,
  quantized,
  random,
  refusalOf,
} from './testing/unfit-networks.ts';

describe('a network that does not fit is refused with a code and the node', () => {
  test.each<[string, ConversionErrorCode, string, Build]>([
    [
      'a map of constants',
      'NOT_PER_CHANNEL',
      'Add',
      (b) => {
        first(b);
        b.node('Add', ['', b.constant(normals(random, 64), [1, 1, 8, 8])]);
      },
    ],
    [
      'a constant that is not a number',
      'NOT_FINITE',
      'Add',
      (b) => {
        first(b);
        b.node('Add', ['', b.constant(Number.NaN)]);
      },
    ],
    [
      'a negative variance',
      'NOT_FINITE',
      'BatchNormalization',
      (b) => {
        first(b);
        b.batchNormalization([1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [-1, 1, 1, 1]);
      },
    ],
    [
      'a negative factor behind max pooling',
      'NOT_MONOTONE',
      'Mul',
      (b) => {
        first(b);
        b.node('MaxPool', [''], { kernel_shape: [2, 2] });
        b.node('Mul', ['', b.constant(-1)]);
      },
    ],
    [
      'padded max pooling',
      'UNSUPPORTED_ATTRIBUTE',
      'MaxPool',
      (b) => {
        quantized(b);
        b.node('MaxPool', [''], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
      },
    ],
    [
      'average pooling of sums of products',
      'UNSUPPORTED_OPERATOR',
      'AveragePool',
      (b) => {
        first(b);
        b.node('AveragePool', [''], { kernel_shape: [2, 2], strides: [2, 2] });
      },
    ],
    [
      'a sigmoid',
      'UNSUPPORTED_OPERATOR',
      'Sigmoid',
      (b) => {
        first(b);
        b.node('Sigmoid', ['']);
      },
    ],
    [
      'a resize',
      'UNSUPPORTED_OPERATOR',
      'Resize',
      (b) => {
        quantized(b);
        b.node('Resize', ['', b.constant(2)]);
      },
    ],
    [
      'an operator of another domain',
      'UNSUPPORTED_OPERATOR',
      'Relu',
      (b) => {
        first(b);
        b.node('Relu', [''], {}, 'com.example');
      },
    ],
    [
      'a space-to-depth that does not divide',
      'SHAPE_MISMATCH',
      'SpaceToDepth',
      (b) => {
        quantized(b);
        b.node('SpaceToDepth', [''], { blocksize: 3 });
      },
    ],
    [
      'a shuffle of the image',
      'UNSUPPORTED_DATA_MOVEMENT',
      'Conv',
      (b) => {
        quantized(b);
        b.node('Transpose', [''], { perm: [0, 1, 3, 2] });
        convolve(b, {});
      },
    ],
    [
      'a skip connection',
      'UNSUPPORTED_BRANCH',
      'Add',
      (b) => {
        quantized(b);
        b.node('Add', ['', b.aside('Relu', [''])]);
      },
    ],
  ])('%s', (_, code, operator, build) => expectRefusal(build, code, operator));

  test.each<[string, ConversionErrorCode, Build]>([
    [
      'logits with a scale per class',
      'SCALE_NOT_UNIFORM',
      (b) => b.node('Gemm', ['', b.quantWeights(normals(random, 8), [2, 4], [0.1, 0.2])], { transB: 1 }),
    ],
    ['logits that are levels', 'UNSUPPORTED_HEAD', (b) => addHead(b, random, 4, 2).node('Relu', [''])],
    ['no last layer', 'UNSUPPORTED_HEAD', () => undefined],
  ])('%s', (_, code, head) => {
    const builder = new NetworkBuilder([1, 3, 8, 8]);
    quantized(builder);
    builder.node('GlobalAveragePool', ['']).node('Flatten', ['']);
    head(builder);
    expect(refusalOf(builder).code).toBe(code);
  });

  test.each<[string, ConversionErrorCode, (number | string)[]]>([
    ['an open image size', 'UNSUPPORTED_INPUT', [1, 3, 'height', 'width']],
    ['a fixed batch of many', 'UNSUPPORTED_INPUT', [8, 3, 8, 8]],
    ['a vector that is no square', 'UNSUPPORTED_INPUT', [1, 785]],
    ['no axes', 'UNSUPPORTED_INPUT', []],
    ['no height', 'UNSUPPORTED_INPUT', [1, 3, 0, 8]],
    ['no width', 'UNSUPPORTED_INPUT', [1, 3, 8, 0]],
    ['seven channels', 'UNSUPPORTED_INPUT', [1, 7, 8, 8]],
    ['an image too large', 'UNSUPPORTED_INPUT', [1, 3, 4000, 4000]],
  ])('an input with %s', (_, code, shape) => {
    const builder = new NetworkBuilder(shape);
    quantized(builder);
    finished(builder);
    expect(refusalOf(builder).code).toBe(code);
  });

  test('class names that are too few, too many or repeated', () => {
    const bytes = lmnetV1({ side: 8, width: 1 / 32 }).bytes();
    expect(() => convertModel(bytes, { classes: ['a'] })).toThrow(
      expect.objectContaining({ code: 'CLASSES_MISMATCH' }),
    );
    expect(() => convertModel(bytes, { classes: ['a', 'b', 'b'] })).toThrow(
      expect.objectContaining({ code: 'OUT_OF_RANGE' }),
    );
  });
});

import { describe, test } from 'vitest';
import type { ConversionErrorCode } from '../frontend/conversion-error.ts';
import { normals } from '../frontend/testing/networks.ts';
import {
  type Build,
  centred,
  convolve,
  expectRefusal,
  first,
  firstWeights,
  quantized,
  random,
} from './testing/unfit-networks.ts';

describe('a layer or quantizer that does not fit is refused with a code and the node', () => {
  test.each<[string, ConversionErrorCode, string, Build]>([
    [
      'float weights',
      'NOT_QUANTIZED',
      'Conv',
      (b) => b.convolution(b.constant(normals(random, 108), [4, 3, 3, 3]), 3, 0),
    ],
    [
      'no activation quantizer',
      'NOT_QUANTIZED',
      'Conv',
      (b) => {
        first(b);
        convolve(b, {});
      },
    ],
    [
      'a dilated window',
      'UNSUPPORTED_ATTRIBUTE',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { dilations: [2, 2] });
      },
    ],
    [
      'unequal pads',
      'UNSUPPORTED_ATTRIBUTE',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { pads: [0, 0, 1, 1] });
      },
    ],
    [
      'unequal strides',
      'UNSUPPORTED_ATTRIBUTE',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { strides: [1, 2] });
      },
    ],
    [
      'automatic padding',
      'UNSUPPORTED_ATTRIBUTE',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { auto_pad: 'SAME_UPPER', strides: [2, 2] });
      },
    ],
    [
      'groups',
      'UNSUPPORTED_ATTRIBUTE',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { group: 4 });
      },
    ],
    ['padded raw pixels', 'PADDING_NOT_ZERO', 'Conv', (b) => b.convolution(firstWeights(b), 3, 1)],
    [
      'padded signed levels',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        first(b);
        b.quant(1, 2, 1, 1);
        convolve(b, { pads: [1, 1, 1, 1] });
      },
    ],
    [
      'a divisor per colour',
      'SCALE_NOT_UNIFORM',
      'Conv',
      (b) => {
        b.node('Div', ['', b.constant([1, 2, 3], [3, 1, 1])]);
        b.convolution(firstWeights(b), 3, 0);
      },
    ],
    [
      'six-bit activations',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => {
        first(b);
        b.quant(1, 6);
      },
    ],
    [
      'nine-bit weights',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => b.convolution(b.quantWeights(normals(random, 108), [4, 3, 3, 3], [0.02], 9), 3, 0),
    ],
    [
      'a scale of zero',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => {
        first(b);
        b.quant(0);
      },
    ],
    [
      'a second quantizer with other levels',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => {
        quantized(b);
        b.quant(0.7);
      },
    ],
    [
      'a quantizer of pixels that merges them',
      'UNSUPPORTED_INPUT',
      'Quant',
      (b) => {
        centred(b);
        b.quant(2, 8, 1);
      },
    ],
  ])('%s', (_, code, operator, build) => expectRefusal(build, code, operator));
});

import { describe, test } from 'vitest';
import type { ConversionErrorCode } from '../frontend/conversion-error.ts';
import { normals } from '../frontend/testing/networks.ts';
import {
  type Build,
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
      'groups that do not divide the channels',
      'SHAPE_MISMATCH',
      'Conv',
      (b) => {
        quantized(b);
        convolve(b, { group: 3 });
      },
    ],
    [
      'padded pixels of which none is 0',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        b.node('Sub', ['', b.constant(127.3)]);
        b.convolution(firstWeights(b), 3, 1);
      },
    ],
    [
      'padded pixels whose 0 lies between two',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        b.node('Sub', ['', b.constant(127.5)]).quant(1, 8, 1);
        b.node('Add', ['', b.constant(0.5)]);
        b.convolution(firstWeights(b), 3, 1);
      },
    ],
    [
      'padded levels of which none is 0',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        quantized(b);
        b.node('Add', ['', b.constant(0.3)]);
        convolve(b, { pads: [1, 1, 1, 1] });
      },
    ],
    [
      'padded levels above 0',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        quantized(b);
        b.node('Add', ['', b.constant(1)]);
        convolve(b, { pads: [1, 1, 1, 1] });
      },
    ],
    [
      'padded levels with a zero of their own in each channel',
      'PADDING_NOT_ZERO',
      'Conv',
      (b) => {
        quantized(b);
        b.node('Add', ['', b.constant([0, -1, 0, 0], [4, 1, 1])]);
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
      'nine-bit activations',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => {
        first(b);
        b.quant(1, 9);
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
      'a negative factor between two quantizers',
      'NOT_MONOTONE',
      'Quant',
      (b) => {
        quantized(b);
        b.node('Mul', ['', b.constant(-1)]).quant(0.7, 2, 1);
      },
    ],
    [
      'an unknown rounding mode',
      'UNSUPPORTED_QUANTIZER',
      'Quant',
      (b) => {
        first(b);
        const inputs = ['', b.constant(1), b.constant(0), b.constant(2)];
        b.node('Quant', inputs, { signed: 0, narrow: 0, rounding_mode: 'STOCHASTIC' }, b.domain);
      },
    ],
    [
      'a truncated sum of products',
      'UNSUPPORTED_QUANTIZER',
      'Trunc',
      (b) => {
        first(b);
        const inputs = [1, 0, 8, 4].map((value) => b.constant(value));
        b.node('Trunc', ['', ...inputs], { rounding_mode: 'FLOOR' }, b.domain);
      },
    ],
    [
      'a truncation that leaves nothing',
      'UNSUPPORTED_QUANTIZER',
      'Trunc',
      (b) => {
        quantized(b);
        const inputs = [1, 0, 32, 4].map((value) => b.constant(value));
        b.node('Trunc', ['', ...inputs], { rounding_mode: 'FLOOR' }, b.domain);
      },
    ],
  ])('%s', (_, code, operator, build) => expectRefusal(build, code, operator));
});

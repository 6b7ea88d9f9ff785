/** Convolution with thresholds. Picks the arithmetic by the kind of weights and input. */
import type { ConvolutionLayer } from '../model.ts';
import { ModelFileError } from '../model-file-error.ts';
import type { Shape, Tensor } from '../tensor.ts';
import { bitConvolution } from './bit-convolution.ts';
import { int8Convolution } from './int8-convolution.ts';
import { windowShape } from './window.ts';

/** Throws ModelFileError CHANNELS_MISMATCH or SHAPE_MISMATCH. */
export function convolutionShape(layer: ConvolutionLayer, input: Shape): Shape {
  if (layer.inputChannels !== input.channels) {
    throw new ModelFileError(
      'CHANNELS_MISMATCH',
      `Layer ${layer.name} reads ${layer.inputChannels} channels; the layer before it writes ${input.channels}.`,
    );
  }
  const window = windowShape(layer.name, input, layer.kernel, layer.stride, layer.padding);
  return { ...window, channels: layer.outputChannels };
}

/** Taps of one window: the number of weights per output channel. */
export function tapCount(layer: ConvolutionLayer): number {
  return layer.kernel * layer.kernel * layer.inputChannels;
}

/** `inputBits`: bits per input level, or null where the input is the signed pixels. */
export function convolution(layer: ConvolutionLayer, input: Tensor, inputBits: number | null): Tensor {
  const shape = convolutionShape(layer, input);
  if (layer.weights.format === 'int8') return int8Convolution(layer, layer.weights.values, input, shape);
  if (inputBits === null) return int8Convolution(layer, signedWeights(layer, layer.weights.words), input, shape);
  return bitConvolution(layer, layer.weights.words, input, inputBits, shape);
}

/** The same weights as int8 +1 and -1, OHWI: binary weights meet signed pixels in the plain convolution. */
export function signedWeights(layer: ConvolutionLayer, words: Uint32Array): Int8Array {
  const taps = tapCount(layer);
  const wordsPerChannel = Math.ceil(taps / 32);
  return new Int8Array(layer.outputChannels * taps).map((_, index) => {
    const tap = index % taps;
    const word = words[Math.floor(index / taps) * wordsPerChannel + Math.floor(tap / 32)] ?? 0;
    return (word >>> (tap % 32)) & 1 ? 1 : -1;
  });
}

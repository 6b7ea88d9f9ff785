/** Convolution of small integers by int8 weights: the definition, written as a sum over the window. */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { addBorder, borderedShape } from './border.ts';
import { levelOf } from './threshold.ts';

/** `weights` OHWI. Taps outside of the image read `layer.paddingLevel`. */
export function int8Convolution(layer: ConvolutionLayer, weights: Int8Array, input: Tensor, shape: Shape): Tensor {
  const thresholdCount = 2 ** layer.activationBits - 1;
  const rowTaps = layer.kernel * layer.inputChannels;
  const bordered = borderedShape(layer, input);
  const image = new Int16Array(elementCount(bordered));
  addBorder(layer, input, image);
  const window = new Int16Array(layer.kernel * rowTaps);
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      for (let dy = 0; dy < layer.kernel; dy++) {
        const first = ((y * layer.stride + dy) * bordered.width + x * layer.stride) * layer.inputChannels;
        for (let tap = 0; tap < rowTaps; tap++) window[dy * rowTaps + tap] = image[first + tap] ?? 0;
      }
      for (let channel = 0; channel < shape.channels; channel++) {
        const accumulator = dot(window, weights, channel * window.length);
        values[offset++] = levelOf(accumulator, layer.thresholds, channel, thresholdCount);
      }
    }
  }
  return { ...shape, values };
}

// `?? 0` in the loops satisfies the index check; the sizes were verified when the model was read.
function dot(window: Int16Array, weights: Int8Array, first: number): number {
  let sum = 0;
  // Integer arithmetic of 32 bits, said so that the engine need not look for overflow.
  for (let tap = 0; tap < window.length; tap++)
    sum = (sum + Math.imul(window[tap] ?? 0, weights[first + tap] ?? 0)) | 0;
  return sum;
}

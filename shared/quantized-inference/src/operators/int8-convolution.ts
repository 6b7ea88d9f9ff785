/** Convolution of small integers by int8 weights: the definition, written as a sum over the window. */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { levelOf } from './threshold.ts';

/** `weights` OHWI. Taps outside of the image read `layer.paddingLevel`. */
export function int8Convolution(layer: ConvolutionLayer, weights: Int8Array, input: Tensor, shape: Shape): Tensor {
  const thresholdCount = 2 ** layer.activationBits - 1;
  const taps = layer.kernel * layer.kernel * layer.inputChannels;
  const window = new Int16Array(taps);
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      gatherWindow(layer, input, y * layer.stride - layer.padding, x * layer.stride - layer.padding, window);
      for (let channel = 0; channel < shape.channels; channel++) {
        const accumulator = dot(window, weights, channel * taps);
        values[offset++] = levelOf(accumulator, layer.thresholds, channel, thresholdCount);
      }
    }
  }
  return { ...shape, values };
}

/** Copies the window whose top left corner is (top, left), which may lie outside, in the order of the weights. */
export function gatherWindow(
  { kernel, inputChannels, paddingLevel }: ConvolutionLayer,
  input: Tensor,
  top: number,
  left: number,
  window: Int16Array,
): void {
  let tap = 0;
  for (let row = top; row < top + kernel; row++) {
    for (let column = left; column < left + kernel; column++) {
      const inside = row >= 0 && row < input.height && column >= 0 && column < input.width;
      const pixel = (row * input.width + column) * inputChannels;
      for (let channel = 0; channel < inputChannels; channel++) {
        window[tap++] = inside ? (input.values[pixel + channel] ?? 0) : paddingLevel;
      }
    }
  }
}

// `?? 0` in the loops satisfies the index check; the sizes were verified when the model was read.
function dot(window: Int16Array, weights: Int8Array, first: number): number {
  let sum = 0;
  for (let tap = 0; tap < window.length; tap++) sum += (window[tap] ?? 0) * (weights[first + tap] ?? 0);
  return sum;
}

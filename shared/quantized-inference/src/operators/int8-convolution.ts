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
  const accumulators = new Int32Array(shape.channels);
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      for (let dy = 0; dy < layer.kernel; dy++) {
        const first = ((y * layer.stride + dy) * bordered.width + x * layer.stride) * layer.inputChannels;
        for (let tap = 0; tap < rowTaps; tap++) window[dy * rowTaps + tap] = image[first + tap] ?? 0;
      }
      multiply(weights, window, accumulators);
      for (let channel = 0; channel < shape.channels; channel++) {
        values[offset++] = levelOf(accumulators[channel] ?? 0, layer.thresholds, channel, thresholdCount);
      }
    }
  }
  return { ...shape, values };
}

/**
 * `accumulators[k] = sum over t of weights[k, t] * window[t]`, four channels at a time: their sums need not wait for each
 * other. `Math.imul` and `| 0` say that 32 bits are enough, as was checked when the model was read.
 */
function multiply(weights: Int8Array, window: Int16Array, accumulators: Int32Array): void {
  const taps = window.length;
  for (let channel = 0; channel < accumulators.length; channel += 4) {
    const [a, b, c, d] = [channel * taps, (channel + 1) * taps, (channel + 2) * taps, (channel + 3) * taps];
    let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
    for (let tap = 0; tap < taps; tap++) {
      const value = window[tap] ?? 0;
      sumA = (sumA + Math.imul(weights[a + tap] ?? 0, value)) | 0;
      sumB = (sumB + Math.imul(weights[b + tap] ?? 0, value)) | 0;
      sumC = (sumC + Math.imul(weights[c + tap] ?? 0, value)) | 0;
      sumD = (sumD + Math.imul(weights[d + tap] ?? 0, value)) | 0;
    }
    // Beyond the last channel there are no weights to read and nowhere to store.
    accumulators[channel] = sumA;
    accumulators[channel + 1] = sumB;
    accumulators[channel + 2] = sumC;
    accumulators[channel + 3] = sumD;
  }
}

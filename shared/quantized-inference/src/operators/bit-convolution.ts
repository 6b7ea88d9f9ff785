/**
 * Convolution of levels by +1/-1 weights, on bit planes: with `P` the taps whose weight is +1,
 * `acc = sum(P) - sum(not P) = 2 * sum(P) - sum(all)`, and `sum(P) = sum over planes p of 2^p * popcount(weights & plane p)`.
 */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { gatherWindow } from './int8-convolution.ts';
import { levelOf } from './threshold.ts';

/** `words` as in BitWeights. `inputBits`: bits per input level, 1 to 4. */
export function bitConvolution(
  layer: ConvolutionLayer,
  words: Uint32Array,
  input: Tensor,
  inputBits: number,
  shape: Shape,
): Tensor {
  const thresholdCount = 2 ** layer.activationBits - 1;
  const window = new Int16Array(layer.kernel * layer.kernel * layer.inputChannels);
  const wordsPerChannel = Math.ceil(window.length / 32);
  // Signed words keep the engine's integer arithmetic within 32 bits: a third faster than unsigned ones.
  const weights = new Int32Array(words.buffer, words.byteOffset, words.length);
  const planes = new Int32Array(inputBits * wordsPerChannel);
  const sums = new Int32Array(shape.channels);
  const values = new Uint8Array(elementCount(shape));
  let offset = 0;
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x++) {
      gatherWindow(layer, input, y * layer.stride - layer.padding, x * layer.stride - layer.padding, window);
      const total = splitPlanes(window, planes, wordsPerChannel);
      positiveSums(weights, planes, wordsPerChannel, sums);
      for (let channel = 0; channel < shape.channels; channel++) {
        const accumulator = 2 * (sums[channel] ?? 0) - total;
        values[offset++] = levelOf(accumulator, layer.thresholds, channel, thresholdCount);
      }
    }
  }
  return { ...shape, values };
}

/** Writes bit p of each level to plane p, 32 levels a word, one plane after the other; returns the sum of all levels. */
function splitPlanes(window: Int16Array, planes: Int32Array, wordsPerPlane: number): number {
  let total = 0;
  for (let tap = 0; tap < window.length; tap++) total += window[tap] ?? 0;
  for (let index = 0; index < planes.length; index++) {
    const bit = Math.floor(index / wordsPerPlane);
    const first = 32 * (index % wordsPerPlane);
    let bits = 0;
    for (let tap = Math.min(first + 32, window.length) - 1; tap >= first; tap--) {
      bits = (bits << 1) | (((window[tap] ?? 0) >> bit) & 1);
    }
    planes[index] = bits;
  }
  return total;
}

/** For each output channel the sum of the levels whose weight is +1. */
function positiveSums(weights: Int32Array, planes: Int32Array, wordsPerPlane: number, sums: Int32Array): void {
  for (let channel = 0; channel < sums.length; channel++) {
    let sum = 0;
    for (let first = 0, bit = 0; first < planes.length; first += wordsPerPlane, bit++) {
      sum += commonBits(weights, channel * wordsPerPlane, planes, first, wordsPerPlane) << bit;
    }
    sums[channel] = sum;
  }
}

/** Number of bits set in both spans: the classic parallel popcount, of Hacker's Delight, section 5-1. */
function commonBits(a: Int32Array, firstA: number, b: Int32Array, firstB: number, length: number): number {
  let count = 0;
  for (let word = 0; word < length; word++) {
    let bits = (a[firstA + word] ?? 0) & (b[firstB + word] ?? 0);
    bits -= (bits >>> 1) & 0x55555555;
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

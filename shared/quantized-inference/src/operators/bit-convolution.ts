/**
 * Convolution of levels by +1/-1 weights. With `P` the taps whose weight is +1, `acc = sum(P) - sum(not P) = 2 * sum(P) -
 * sum(all)`. Two ideas make `sum(P)` cheap without SIMD: several windows are computed at once, each in a lane of one
 * double's 53 bits; and four taps have only 16 possible sums, which are looked up for every output channel instead of
 * added (the method of Four Russians).
 */
import type { ConvolutionLayer } from '../model.ts';
import { elementCount, type Shape, type Tensor } from '../tensor.ts';
import { type LaneImage, packLanes } from './lane-image.ts';
import { levelOf } from './threshold.ts';

/** Taps of a table, sums of a table, tables of a 32-bit word of weights. */
const TAPS = 4;
const SUMS = 2 ** TAPS;
const TABLES = 32 / TAPS;

/** `words` as in BitWeights. `inputBits`: bits per input level. */
export function bitConvolution(
  layer: ConvolutionLayer,
  words: Uint32Array,
  input: Tensor,
  inputBits: number,
  shape: Shape,
): Tensor {
  const taps = layer.kernel * layer.kernel * layer.inputChannels;
  const image = packLanes(layer, input, shape, taps * (2 ** inputBits - 1));
  const weights = wordByWord(words, shape.channels);
  // The taps after the last one stay 0, and so are their weight bits.
  const window = new Float64Array(32 * Math.ceil(taps / 32));
  // A plain array of doubles: whether the buffer behind a typed one is still there is checked at every look.
  const tables = Array.from({ length: TABLES * SUMS }, () => Number.NaN);
  const sums = new Float64Array(shape.channels);
  const values = new Uint8Array(elementCount(shape));
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x += image.lanes) {
      gatherWindow(layer, image, y * layer.stride, x * layer.stride, window);
      const total = positiveSums(weights, window, tables, sums);
      const pixels = Math.min(image.lanes, shape.width - x);
      storeLevels(layer, image, sums, total, pixels, values, (y * shape.width + x) * shape.channels);
    }
  }
  return { ...shape, values };
}

/** `[word][channel]`, as they are read. Signed, which keeps the engine's integer arithmetic within 32 bits. */
function wordByWord(words: Uint32Array, channels: number): Int32Array {
  const wordsPerChannel = words.length / channels;
  const weights = new Int32Array(words.length);
  for (let word = 0, index = 0; word < wordsPerChannel; word++) {
    for (let channel = 0; channel < channels; channel++)
      weights[index++] = words[channel * wordsPerChannel + word] ?? 0;
  }
  return weights;
}

/** Copies the window whose top left corner is (top, left) of the bordered image. */
function gatherWindow(layer: ConvolutionLayer, image: LaneImage, top: number, left: number, window: Float64Array) {
  const rowTaps = layer.kernel * layer.inputChannels;
  for (let dy = 0; dy < layer.kernel; dy++) {
    const first = (top + dy) * image.rowValues + left * layer.inputChannels;
    window.set(image.values.subarray(first, first + rowTaps), dy * rowTaps);
  }
}

/** For each output channel the sum of the taps whose weight is +1, in every lane. Returns the sum of all taps. */
function positiveSums(weights: Int32Array, window: Float64Array, tables: number[], sums: Float64Array): number {
  let total = 0;
  sums.fill(0);
  for (let firstTap = 0, first = 0; firstTap < window.length; firstTap += 32, first += sums.length) {
    for (let table = 0; table < TABLES; table++) {
      tabulate(window, firstTap + TAPS * table, tables, SUMS * table);
      total += tables[SUMS * table + SUMS - 1] ?? 0;
    }
    addLookups(weights, first, tables, sums);
  }
  return total;
}

/** Entry i: the sum of the taps whose bit is set in i. */
function tabulate(window: Float64Array, firstTap: number, tables: number[], first: number): void {
  const a = window[firstTap] ?? 0;
  const b = window[firstTap + 1] ?? 0;
  const c = window[firstTap + 2] ?? 0;
  const d = window[firstTap + 3] ?? 0;
  const ab = a + b;
  const cd = c + d;
  tables[first] = 0;
  tables[first + 1] = a;
  tables[first + 2] = b;
  tables[first + 3] = ab;
  tables[first + 4] = c;
  tables[first + 5] = a + c;
  tables[first + 6] = b + c;
  tables[first + 7] = ab + c;
  tables[first + 8] = d;
  tables[first + 9] = a + d;
  tables[first + 10] = b + d;
  tables[first + 11] = ab + d;
  tables[first + 12] = cd;
  tables[first + 13] = a + cd;
  tables[first + 14] = b + cd;
  tables[first + 15] = ab + cd;
}

/**
 * One lookup for every four bits of each channel's word, the first of which is weights[first]. The sums are paired, so that
 * additions need not wait.
 */
function addLookups(weights: Int32Array, first: number, tables: readonly number[], sums: Float64Array): void {
  const channels = sums.length;
  for (let channel = 0; channel < channels; channel++) {
    const bits = weights[first + channel] ?? 0;
    const sum01 = (tables[bits & 15] ?? 0) + (tables[16 | ((bits >>> 4) & 15)] ?? 0);
    const sum23 = (tables[32 | ((bits >>> 8) & 15)] ?? 0) + (tables[48 | ((bits >>> 12) & 15)] ?? 0);
    const sum45 = (tables[64 | ((bits >>> 16) & 15)] ?? 0) + (tables[80 | ((bits >>> 20) & 15)] ?? 0);
    const sum67 = (tables[96 | ((bits >>> 24) & 15)] ?? 0) + (tables[112 | (bits >>> 28)] ?? 0);
    sums[channel] = (sums[channel] ?? 0) + (sum01 + sum23 + (sum45 + sum67));
  }
}

/** Takes the lanes apart, lowest first: they are neighbouring pixels. The sums are used up. */
function storeLevels(
  layer: ConvolutionLayer,
  { laneSize }: LaneImage,
  sums: Float64Array,
  total: number,
  pixels: number,
  values: Uint8Array,
  offset: number,
): void {
  const count = 2 ** layer.activationBits - 1;
  const channels = sums.length;
  // Powers of two, so that the product is exact.
  const shift = 1 / laneSize;
  let all = total;
  for (let pixel = 0, index = offset; pixel < pixels; pixel++) {
    const nextAll = Math.floor(all * shift);
    const sumOfTaps = all - nextAll * laneSize;
    all = nextAll;
    for (let channel = 0; channel < channels; channel++) {
      const lanes = sums[channel] ?? 0;
      const next = Math.floor(lanes * shift);
      const accumulator = (2 * (lanes - next * laneSize) - sumOfTaps) | 0;
      sums[channel] = next;
      values[index++] = levelOf(accumulator, layer.thresholds, channel, count);
    }
  }
}

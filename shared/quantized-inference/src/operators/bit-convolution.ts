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
  const wordsPerChannel = Math.ceil(taps / 32);
  const image = packLanes(layer, input, shape, taps * (2 ** inputBits - 1));
  // Signed words keep the engine's integer arithmetic within 32 bits.
  const weights = new Int32Array(words.buffer, words.byteOffset, words.length);
  // The taps after the last one stay 0, and so are their weight bits.
  const window = new Float64Array(32 * wordsPerChannel);
  const sums = new Float64Array(shape.channels);
  const values = new Uint8Array(elementCount(shape));
  for (let y = 0; y < shape.height; y++) {
    for (let x = 0; x < shape.width; x += image.lanes) {
      const total = gatherWindow(layer, image, y * layer.stride, x * layer.stride, window);
      positiveSums(weights, wordsPerChannel, window, sums);
      const pixels = Math.min(image.lanes, shape.width - x);
      storeLevels(layer, image, sums, total, pixels, values, (y * shape.width + x) * shape.channels);
    }
  }
  return { ...shape, values };
}

/** Copies the window whose top left corner is (top, left) of the bordered image; returns the sum of its taps. */
function gatherWindow(layer: ConvolutionLayer, image: LaneImage, top: number, left: number, window: Float64Array) {
  const rowTaps = layer.kernel * layer.inputChannels;
  for (let dy = 0; dy < layer.kernel; dy++) {
    const first = (top + dy) * image.rowValues + left * layer.inputChannels;
    window.set(image.values.subarray(first, first + rowTaps), dy * rowTaps);
  }
  let total = 0;
  for (let tap = 0; tap < window.length; tap++) total += window[tap] ?? 0;
  return total;
}

/** For each output channel the sum of the taps whose weight is +1, in every lane. */
function positiveSums(weights: Int32Array, wordsPerChannel: number, window: Float64Array, sums: Float64Array): void {
  const tables = new Float64Array(TABLES * SUMS);
  sums.fill(0);
  for (let word = 0; word < wordsPerChannel; word++) {
    for (let table = 0; table < TABLES; table++) {
      tabulate(window, 32 * word + TAPS * table, tables, SUMS * table);
    }
    addLookups(weights, word, wordsPerChannel, tables, sums);
  }
}

/** Entry i: the sum of the taps whose bit is set in i. */
function tabulate(window: Float64Array, firstTap: number, tables: Float64Array, first: number): void {
  const a = window[firstTap] ?? 0;
  const b = window[firstTap + 1] ?? 0;
  const c = window[firstTap + 2] ?? 0;
  const d = window[firstTap + 3] ?? 0;
  tables[first + 1] = a;
  tables[first + 2] = b;
  tables[first + 3] = a + b;
  tables[first + 4] = c;
  tables[first + 5] = a + c;
  tables[first + 6] = b + c;
  tables[first + 7] = a + b + c;
  for (let entry = first; entry < first + 8; entry++) tables[entry + 8] = (tables[entry] ?? 0) + d;
}

/** One lookup for every four bits of each channel's word. The sums are paired, so that additions need not wait. */
function addLookups(weights: Int32Array, word: number, step: number, tables: Float64Array, sums: Float64Array): void {
  for (let channel = 0, index = word; channel < sums.length; channel++, index += step) {
    const bits = weights[index] ?? 0;
    const sum01 = (tables[bits & 15] ?? 0) + (tables[16 | ((bits >>> 4) & 15)] ?? 0);
    const sum23 = (tables[32 | ((bits >>> 8) & 15)] ?? 0) + (tables[48 | ((bits >>> 12) & 15)] ?? 0);
    const sum45 = (tables[64 | ((bits >>> 16) & 15)] ?? 0) + (tables[80 | ((bits >>> 20) & 15)] ?? 0);
    const sum67 = (tables[96 | ((bits >>> 24) & 15)] ?? 0) + (tables[112 | (bits >>> 28)] ?? 0);
    sums[channel] = (sums[channel] ?? 0) + (sum01 + sum23 + (sum45 + sum67));
  }
}

/** Takes the lanes apart, lowest first: they are neighbouring pixels. */
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
  for (let channel = 0; channel < sums.length; channel++) {
    let positive = sums[channel] ?? 0;
    let all = total;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const nextPositive = Math.floor(positive / laneSize);
      const nextAll = Math.floor(all / laneSize);
      const accumulator = 2 * (positive - nextPositive * laneSize) - (all - nextAll * laneSize);
      values[offset + pixel * sums.length + channel] = levelOf(accumulator, layer.thresholds, channel, count);
      positive = nextPositive;
      all = nextAll;
    }
  }
}

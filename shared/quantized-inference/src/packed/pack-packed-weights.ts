/** Weights and thresholds of the packed kernels. The layouts are described in jobs/convert/runtime/src/df_packed_conv.h. */
import type { ConvolutionLayer } from '../model.ts';
import { signedWeights, tapCount } from '../operators/convolution.ts';
import { channelSlots, type Layout, pixelBytes } from './layout.ts';
import { forEachPositiveTap } from './pack-weights.ts';

/** DF_GROUP_LANES and DF_WORD_LANES. */
const GROUP_LANES = 64;
const WORD_LANES = 16;

export interface PackedConvolution {
  /** Steps in one row of a window. */
  readonly steps: number;
  readonly weightType: 'uint8_t' | 'uint32_t' | 'int8_t';
  readonly weights: Uint8Array | Uint32Array | Int8Array;
  readonly thresholdType: 'int16_t' | 'int32_t';
  readonly thresholds: Int16Array | Int32Array;
}

/** For df_conv_groups. `words`: as in BitWeights. */
export function packGroups(layer: ConvolutionLayer, words: Uint32Array, input: Layout): PackedConvolution {
  const steps = layer.kernel * pixelBytes(input);
  const taps = tapCount(layer);
  const weights = new Uint8Array(paddedChannels(layer, GROUP_LANES) * layer.kernel * steps);
  // 1 where there is no channel: its level is 0, and 0 is what the table adds for it then.
  weights.fill(15);
  const negatives = new RowCounts(layer);
  const slot = slotOf(input);
  forEachNegativeTap(layer, words, (channel, position, tapChannel) => {
    const place = slot(position, tapChannel);
    const index = laneIndex(channel, Math.floor(place / 4), layer.kernel * steps, GROUP_LANES);
    weights[index] = (weights[index] ?? 0) & ~(1 << (place % 4));
    negatives.add(channel, position);
  });
  const never = 3 * taps + 1;
  const paddingSum = (channel: number, row: number) => {
    const below = negatives.inRow(channel, row);
    return input.borderLevel * (taps / layer.kernel - below) + (3 - input.borderLevel) * below;
  };
  const thresholds = edgesOf(layer, input).flatMap((row) => {
    const without = packThresholds(layer, GROUP_LANES, never, (channel, threshold) => {
      const sum = threshold + 3 * negatives.inAll(channel) - (row === null ? 0 : paddingSum(channel, row));
      return Math.min(Math.max(sum, 0), never);
    });
    return [...evenThenOdd(without)];
  });
  return {
    steps,
    weightType: 'uint8_t',
    weights,
    thresholdType: 'int16_t',
    thresholds: Int16Array.from(thresholds),
  };
}

/** The weights of df_conv_groups once more, as df_conv_groups_avx512vbmi looks them up. */
export function packSixes(layer: ConvolutionLayer, words: Uint32Array, input: Layout): Uint8Array {
  const groups = pixelBytes(input);
  const triples = Math.floor(groups / 3);
  const lookups = 2 * triples + (groups % 3);
  const steps = layer.kernel ** 2 * lookups;
  // 1 where there is no channel, as above.
  const weights = new Uint8Array(paddedChannels(layer, GROUP_LANES) * steps).fill(63);
  const slot = slotOf(input);
  forEachNegativeTap(layer, words, (channel, position, tapChannel) => {
    const place = slot(position, tapChannel);
    const [pixel, pixelPlace] = [Math.floor(place / (4 * groups)), place % (4 * groups)];
    const [lookup, bit] = lookupOf(pixelPlace, triples);
    const index = laneIndex(channel, pixel * lookups + lookup, steps, GROUP_LANES);
    weights[index] = (weights[index] ?? 0) & ~(1 << bit);
  });
  return weights;
}

/** Which lookup of a pixel has one of its channels, and as which bit. `triples`: of groups. */
function lookupOf(place: number, triples: number): readonly [lookup: number, bit: number] {
  const [group, channel] = [Math.floor(place / 4), place % 4];
  const triple = Math.floor(group / 3);
  if (triple >= triples) return [group - triples, channel];
  const half = place % 12 < 6 ? 0 : 1;
  // The second group's channels are bits 4 and 5 of both lookups.
  return [2 * triple + half, group % 3 === 1 ? 4 + (channel % 2) : channel];
}

/** For df_conv_planes. `words`: as in BitWeights. */
export function packWords(layer: ConvolutionLayer, words: Uint32Array, input: Layout): PackedConvolution {
  const steps = (layer.kernel * pixelBytes(input)) / (4 * input.bits);
  const weights = new Uint32Array(paddedChannels(layer, WORD_LANES) * layer.kernel * steps);
  const positives = new RowCounts(layer);
  const slot = slotOf(input);
  forEachPositiveTap(layer, words, (channel, position, tapChannel) => {
    const place = slot(position, tapChannel);
    const index = laneIndex(channel, Math.floor(place / 32), layer.kernel * steps, WORD_LANES);
    weights[index] = ((weights[index] ?? 0) | (1 << (place % 32))) >>> 0;
    positives.add(channel, position);
  });
  const largestLevel = 2 ** input.bits - 1;
  const always = largestLevel * tapCount(layer);
  // Bits of the border's level that are 1 differ from the weights that are 0.
  const paddingSum = (channel: number, row: number) => {
    const above = positives.inRow(channel, row);
    const rest = tapCount(layer) / layer.kernel - above;
    return input.borderLevel * rest + (largestLevel - input.borderLevel) * above;
  };
  const thresholds = edgesOf(layer, input).flatMap((row) => [
    ...packThresholds(layer, WORD_LANES, -1, (channel, threshold) => {
      const sum = largestLevel * positives.inAll(channel) - threshold - (row === null ? 0 : paddingSum(channel, row));
      return Math.min(Math.max(sum, -1), always);
    }),
  ]);
  return { steps, weightType: 'uint32_t', weights, thresholdType: 'int32_t', thresholds: Int32Array.from(thresholds) };
}

/** For df_conv_bytes. `zeroPoint`: subtracted from every byte, which the thresholds take up. */
export function packBytes(layer: ConvolutionLayer, zeroPoint: number): PackedConvolution {
  const rowTaps = layer.kernel * layer.inputChannels;
  const steps = Math.ceil(rowTaps / 4);
  const weights = new Int8Array(paddedChannels(layer, WORD_LANES) * layer.kernel * steps * 4);
  const sums = new Int32Array(layer.outputChannels);
  forEachWeight(layer, (channel, tap, weight) => {
    const [row, place] = [Math.floor(tap / rowTaps), tap % rowTaps];
    const step = row * steps + Math.floor(place / 4);
    weights[laneIndex(channel, step, layer.kernel * steps, WORD_LANES) * 4 + (place % 4)] = weight;
    sums[channel] = (sums[channel] ?? 0) + weight;
  });
  const thresholds = packThresholds(layer, WORD_LANES, 2 ** 31 - 1, (channel, threshold) =>
    Math.min(Math.max(threshold + zeroPoint * (sums[channel] ?? 0), -(2 ** 31)), 2 ** 31 - 1),
  );
  return { steps, weightType: 'int8_t', weights, thresholdType: 'int32_t', thresholds };
}

/** The weights of df_conv_bytes once more, as the 16-bit pairs that df_conv_bytes_avx2, _neon and _wasm multiply. `input`: what they read. */
export function packPairs(layer: ConvolutionLayer, input: Layout): Int16Array {
  const rowTaps = layer.kernel * pixelBytes(input);
  const pairs = Math.ceil(rowTaps / 2);
  const packed = new Int16Array(paddedChannels(layer, WORD_LANES) * layer.kernel * pairs * 2);
  forEachWeight(layer, (channel, tap, weight) => {
    const [row, place] = [Math.floor(tap / rowTaps), tap % rowTaps];
    const step = row * pairs + Math.floor(place / 2);
    packed[laneIndex(channel, step, layer.kernel * pairs, WORD_LANES) * 2 + (place % 2)] = weight;
  });
  return packed;
}

/** Weights as the integers that they are. `tap`: as in BitWeights and Int8Weights. */
function forEachWeight(layer: ConvolutionLayer, visit: (channel: number, tap: number, weight: number) => void): void {
  const taps = tapCount(layer);
  const values = layer.weights.format === 'int8' ? layer.weights.values : signedWeights(layer, layer.weights.words);
  for (let index = 0; index < values.length; index++) {
    visit(Math.floor(index / taps), index % taps, values[index] ?? 0);
  }
}

/** Weights of one kind, by channel and row of the window. */
class RowCounts {
  readonly #kernel: number;
  readonly #counts: Int32Array;

  constructor({ kernel, outputChannels }: ConvolutionLayer) {
    this.#kernel = kernel;
    this.#counts = new Int32Array(outputChannels * kernel);
  }

  /** `position`: of the tap, dy * kernel + dx. */
  add(channel: number, position: number): void {
    const index = channel * this.#kernel + Math.floor(position / this.#kernel);
    this.#counts[index] = this.inRow(channel, Math.floor(position / this.#kernel)) + 1;
  }

  inRow(channel: number, row: number): number {
    return this.#counts[channel * this.#kernel + row] ?? 0;
  }

  inAll(channel: number): number {
    return this.#counts.subarray(channel * this.#kernel, (channel + 1) * this.#kernel).reduce((sum, n) => sum + n, 0);
  }
}

/** The rows of padding without which a layer's thresholds are there, null for all rows: df_has_edges of df_packed_conv.h. */
function edgesOf({ kernel, stride }: ConvolutionLayer, input: Layout): readonly (number | null)[] {
  return kernel === 3 && stride === 1 && input.border === 1 ? [null, 0, 2] : [null];
}

/** Where a tap lies in the rows of a window: a channel's place behind the pixels and segments before it. */
function slotOf(input: Layout): (position: number, tapChannel: number) => number {
  const { channels } = input.shape;
  const slots = channelSlots(input);
  const pixelSlots = slots * input.block ** 2;
  return (position, tapChannel) =>
    position * pixelSlots + Math.floor(tapChannel / channels) * slots + (tapChannel % channels);
}

function forEachNegativeTap(
  layer: ConvolutionLayer,
  words: Uint32Array,
  visit: (channel: number, position: number, tapChannel: number) => void,
): void {
  const taps = tapCount(layer);
  const wordsPerChannel = Math.ceil(taps / 32);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    for (let tap = 0; tap < taps; tap++) {
      const word = words[channel * wordsPerChannel + Math.floor(tap / 32)] ?? 0;
      if (((word >>> (tap % 32)) & 1) === 0)
        visit(channel, Math.floor(tap / layer.inputChannels), tap % layer.inputChannels);
    }
  }
}

/** `[block][threshold][channel in block]`; `never`: what the channels after the last one have. */
function packThresholds(
  layer: ConvolutionLayer,
  lanes: number,
  never: number,
  pack: (channel: number, threshold: number) => number,
): Int32Array {
  const count = 2 ** layer.activationBits - 1;
  const packed = new Int32Array(paddedChannels(layer, lanes) * count).fill(never);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    for (let k = 0; k < count; k++) {
      const threshold = layer.thresholds[channel * count + k] ?? 0;
      packed[laneIndex(channel, k, count, lanes)] = pack(channel, threshold);
    }
  }
  return packed;
}

/** Within each 64 values, the even ones in front of the odd ones. */
function evenThenOdd(values: Int32Array): Int32Array {
  const half = GROUP_LANES / 2;
  return values.map((_, index) => {
    const lane = index % GROUP_LANES;
    return values[index - lane + (lane % half) * 2 + Math.floor(lane / half)] ?? 0;
  });
}

function paddedChannels(layer: ConvolutionLayer, lanes: number): number {
  return Math.ceil(layer.outputChannels / lanes) * lanes;
}

/** Index of `[block][step][channel in block]`. */
function laneIndex(channel: number, step: number, steps: number, lanes: number): number {
  return (Math.floor(channel / lanes) * steps + step) * lanes + (channel % lanes);
}

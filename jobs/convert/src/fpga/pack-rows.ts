/** Weights and thresholds in the order in which the engine reads them, a row of bits per cycle. */
import { type ConvolutionLayer, signedWeights, tapCount } from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';
import { PIXEL_CHANNELS } from './check-pass.ts';
import { rowWords } from './image-format.ts';
import type { Schedule } from './schedule.ts';

const THRESHOLD_BITS = 20;
const THRESHOLDS = 3;
const MOST_THRESHOLD = 2 ** (THRESHOLD_BITS - 1) - 1;

/** `[group][input group][kernel row][column step]`, each a row of `[output][input]` bits. */
export function packBitWeights(
  layer: ConvolutionLayer,
  schedule: Schedule,
  { IC_PAR, OC_PAR }: ArraySize,
): Uint32Array {
  if (layer.weights.format !== 'bits') throw new TypeError(`Layer ${layer.name} has no binary weights.`);
  const taps = tapCount(layer);
  const channelWords = Math.ceil(taps / 32);
  const { kernel, inputChannels } = layer;
  const length = rowWords(IC_PAR * OC_PAR);
  const rows = new Uint32Array(weightRows(layer, schedule) * length);
  for (let output = 0; output < layer.outputChannels; output++) {
    const groupRow = Math.floor(output / OC_PAR) * schedule.inputGroups;
    for (let tap = 0; tap < taps; tap++) {
      const word = layer.weights.words[output * channelWords + (tap >>> 5)] ?? 0;
      if (((word >>> (tap & 31)) & 1) === 0) continue;
      const input = tap % inputChannels;
      const row = (groupRow + Math.floor(input / IC_PAR)) * kernel * kernel + Math.floor(tap / inputChannels);
      setBits(rows, row * length, (output % OC_PAR) * IC_PAR + (input % IC_PAR), 1, 1);
    }
  }
  return rows;
}

/**
 * Weights of the first layer: `[group][kernel row][column step]`, each a row of `[output][tap][channel]` bytes. Binary
 * weights become +1 and -1. Taps beyond the kernel are 0.
 */
export function packPixelWeights(layer: ConvolutionLayer, schedule: Schedule, array: ArraySize): Uint32Array {
  const { kernel, inputChannels, weights } = layer;
  const taps = tapCount(layer);
  const values = weights.format === 'int8' ? weights.values : signedWeights(layer, weights.words);
  const length = rowWords(array.IC_PAR * array.OC_PAR);
  const rows = new Uint32Array(weightRows(layer, schedule) * length);
  for (let output = 0; output < layer.outputChannels; output++) {
    const group = Math.floor(output / schedule.groupChannels);
    const first = (output % schedule.groupChannels) * schedule.tapStep;
    for (let tap = 0; tap < taps; tap++) {
      const position = Math.floor(tap / inputChannels);
      const [y, x] = [Math.floor(position / kernel), position % kernel];
      const row = (group * kernel + y) * schedule.columnSteps + Math.floor(x / schedule.tapStep);
      const byte = (first + (x % schedule.tapStep)) * PIXEL_CHANNELS + (tap % inputChannels);
      setBits(rows, row * length, 8 * byte, 8, values[output * taps + tap] ?? 0);
    }
  }
  return rows;
}

/** Rows of a convolution's weights. */
export function weightRows({ kernel }: ConvolutionLayer, { groups, inputGroups, columnSteps }: Schedule): number {
  return groups * inputGroups * kernel * columnSteps;
}

/**
 * A row per chunk of channels, each `[channel][threshold]`. Thresholds that no sum reaches, and those of channels that do
 * not exist, are the largest number; so such channels are 0.
 */
export function packThresholds(layer: ConvolutionLayer, { CHUNK }: ArraySize): Uint32Array {
  const length = rowWords(CHUNK * THRESHOLDS * THRESHOLD_BITS);
  const count = 2 ** layer.activationBits - 1;
  const channels = thresholdRows(layer.outputChannels, CHUNK) * CHUNK;
  const rows = new Uint32Array((channels / CHUNK) * length);
  for (let channel = 0; channel < channels; channel++) {
    for (let k = 0; k < THRESHOLDS; k++) {
      const exists = k < count && channel < layer.outputChannels;
      const threshold = exists ? (layer.thresholds[channel * count + k] ?? 0) : MOST_THRESHOLD;
      const value = Math.max(-MOST_THRESHOLD - 1, Math.min(threshold, MOST_THRESHOLD));
      const bit = ((channel % CHUNK) * THRESHOLDS + k) * THRESHOLD_BITS;
      setBits(rows, Math.floor(channel / CHUNK) * length, bit, THRESHOLD_BITS, value);
    }
  }
  return rows;
}

/** Rows of the thresholds of so many channels. */
export function thresholdRows(channels: number, chunk: number): number {
  return Math.ceil(channels / chunk);
}

/** Stores `value` modulo 2^width from bit `bit` of the row that begins at the word `first`. The bits must be 0 before. */
function setBits(words: Uint32Array, first: number, bit: number, width: number, value: number): void {
  const masked = BigInt.asUintN(width, BigInt(value)) << BigInt(bit & 31);
  const index = first + (bit >>> 5);
  words[index] = ((words[index] ?? 0) | Number(masked & 0xffffffffn)) >>> 0;
  const rest = Number(masked >> 32n);
  if (rest > 0) words[index + 1] = ((words[index + 1] ?? 0) | rest) >>> 0;
}

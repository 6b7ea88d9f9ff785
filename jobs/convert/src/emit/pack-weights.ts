/** Weights in the order in which each kernel reads them. The layouts are described in runtime/src/df_operators.h. */
import { type ConvolutionLayer, signedWeights, tapCount } from '@dropforge/quantized-inference';

/** Lanes of the kernels: DF_INT8_LANES, DF_PLANE_LANES and DF_NIBBLE_LANES of df_operators.h. */
const INT8_LANES = 16;
const PLANE_LANES = 4;
export const NIBBLE_LANES = 32;

/** `[block][tap][channel in block]` int8, padded with 0. Binary weights become +1 and -1. */
export function packInt8(layer: ConvolutionLayer): Int8Array {
  const taps = tapCount(layer);
  const weights = layer.weights.format === 'int8' ? layer.weights.values : signedWeights(layer, layer.weights.words);
  const packed = new Int8Array(blockCount(layer, INT8_LANES) * taps * INT8_LANES);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    for (let tap = 0; tap < taps; tap++) {
      packed[laneIndex(channel, tap, taps, INT8_LANES)] = weights[channel * taps + tap] ?? 0;
    }
  }
  return packed;
}

/** `[block][tap position][word of 32 input channels][channel in block]` uint32, padded with 0. `words`: as in BitWeights. */
export function packPlanes(layer: ConvolutionLayer, words: Uint32Array): Uint32Array {
  const groups = Math.ceil(layer.inputChannels / 32);
  const packed = new Uint32Array(blockCount(layer, PLANE_LANES) * layer.kernel ** 2 * groups * PLANE_LANES);
  forEachPositiveTap(layer, words, (channel, position, input) => {
    const step = position * groups + Math.floor(input / 32);
    const index = laneIndex(channel, step, layer.kernel ** 2 * groups, PLANE_LANES);
    packed[index] = ((packed[index] ?? 0) | (1 << (input % 32))) >>> 0;
  });
  return packed;
}

/** `[block][tap position][group of 4 input channels][channel in block]` bytes below 16, padded with 0. */
export function packNibbles(layer: ConvolutionLayer, words: Uint32Array): Uint8Array {
  const groups = Math.ceil(layer.inputChannels / 4);
  const packed = new Uint8Array(blockCount(layer, NIBBLE_LANES) * layer.kernel ** 2 * groups * NIBBLE_LANES);
  forEachPositiveTap(layer, words, (channel, position, input) => {
    const step = position * groups + Math.floor(input / 4);
    const index = laneIndex(channel, step, layer.kernel ** 2 * groups, NIBBLE_LANES);
    packed[index] = (packed[index] ?? 0) | (1 << (input % 4));
  });
  return packed;
}

/**
 * `[block][threshold][16 even channels, 16 odd channels]` int16, each threshold - 1. The channels after the last one stay
 * at level 0. `limit`: one more than the largest accumulator; thresholds beyond it are never, or always, reached.
 */
export function packNibbleThresholds(layer: ConvolutionLayer, limit: number): Int16Array {
  const count = 2 ** layer.activationBits - 1;
  const packed = new Int16Array(blockCount(layer, NIBBLE_LANES) * count * NIBBLE_LANES).fill(limit - 1);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    const lane = channel % NIBBLE_LANES;
    const column = (lane % 2) * (NIBBLE_LANES / 2) + Math.floor(lane / 2);
    const block = Math.floor(channel / NIBBLE_LANES);
    for (let k = 0; k < count; k++) {
      const threshold = layer.thresholds[channel * count + k] ?? 0;
      packed[(block * count + k) * NIBBLE_LANES + column] = Math.min(Math.max(threshold, -limit), limit) - 1;
    }
  }
  return packed;
}

function blockCount(layer: ConvolutionLayer, lanes: number): number {
  return Math.ceil(layer.outputChannels / lanes);
}

/** Index of `[block][step][channel in block]`. */
function laneIndex(channel: number, step: number, steps: number, lanes: number): number {
  return (Math.floor(channel / lanes) * steps + step) * lanes + (channel % lanes);
}

function forEachPositiveTap(
  layer: ConvolutionLayer,
  words: Uint32Array,
  visit: (channel: number, position: number, input: number) => void,
): void {
  const taps = tapCount(layer);
  const wordsPerChannel = Math.ceil(taps / 32);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    for (let tap = 0; tap < taps; tap++) {
      const word = words[channel * wordsPerChannel + Math.floor(tap / 32)] ?? 0;
      if ((word >>> (tap % 32)) & 1) visit(channel, Math.floor(tap / layer.inputChannels), tap % layer.inputChannels);
    }
  }
}

/** Weights in the order in which each kernel reads them. The layouts are described in jobs/convert/runtime/src/df_operators.h. */
import type { ConvolutionLayer } from '../model.ts';
import { signedWeights, tapCount } from '../operators/convolution.ts';

/** Lanes of the portable operators: DF_INT8_LANES and DF_PLANE_LANES of df_operators.h. */
const INT8_LANES = 16;
const PLANE_LANES = 4;

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

function blockCount(layer: ConvolutionLayer, lanes: number): number {
  return Math.ceil(layer.outputChannels / lanes);
}

/** Index of `[block][step][channel in block]`. */
function laneIndex(channel: number, step: number, steps: number, lanes: number): number {
  return (Math.floor(channel / lanes) * steps + step) * lanes + (channel % lanes);
}

/** Visits every weight of +1. `position`: dy * kernel + dx. */
export function forEachPositiveTap(
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

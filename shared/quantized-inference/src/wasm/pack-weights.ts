/** Weights and thresholds as the kernels of 128-bit machines read them: df_conv_bits_lut4_128.h and df_conv_int8_128.h. */
import type { ConvolutionLayer } from '../model.ts';

/** Channels of one register: DF_LANES_128. */
export const LANES = 16;
const GROUP = 4;

/**
 * `[tile of vectors * 16 channels][tap position][group of 4 input channels][channel in tile]`, the last tile as many times
 * 16 channels wide as are left. `words`: as in BitWeights.
 */
export function packLut4Weights(layer: ConvolutionLayer, words: Uint32Array, vectors: number): Uint8Array {
  const positions = layer.kernel ** 2;
  const bitsPerChannel = 32 * Math.ceil((positions * layer.inputChannels) / 32);
  const groups = Math.ceil(layer.inputChannels / GROUP);
  const steps = positions * groups;
  const channels = LANES * Math.ceil(layer.outputChannels / LANES);
  const packed = new Uint8Array(steps * channels);
  for (let channel = 0; channel < layer.outputChannels; channel++) {
    const tile = Math.floor(channel / (vectors * LANES)) * vectors * LANES;
    const tileChannels = Math.min(vectors * LANES, channels - tile);
    for (let step = 0; step < steps; step++) {
      const input = GROUP * (step % groups);
      const tap = channel * bitsPerChannel + Math.floor(step / groups) * layer.inputChannels + input;
      const bits = readBits(words, tap, Math.min(GROUP, layer.inputChannels - input));
      packed[tile * steps + step * tileChannels + channel - tile] = bits;
    }
  }
  return packed;
}

/** `count` bits, at most 4, from bit `first` on. */
function readBits(words: Uint32Array, first: number, count: number): number {
  let bits = 0;
  for (let i = count - 1; i >= 0; i--) {
    const bit = first + i;
    bits = 2 * bits + (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1);
  }
  return bits;
}

/** `[block of 16 channels][threshold][channel]`; channels after the last have the largest int32. */
export function packThresholds(thresholds: Int32Array, channels: number): Int32Array {
  const count = thresholds.length / channels;
  const packed = new Int32Array(LANES * Math.ceil(channels / LANES) * count).fill(2 ** 31 - 1);
  for (let channel = 0; channel < channels; channel++) {
    const block = Math.floor(channel / LANES);
    for (let k = 0; k < count; k++) {
      packed[(block * count + k) * LANES + (channel % LANES)] = thresholds[channel * count + k] ?? 0;
    }
  }
  return packed;
}

/** `[block][threshold][8 even channels, 8 odd channels]`, each threshold - 1, for sums from -32767 to 32767. */
export function packNarrowThresholds(thresholds: Int32Array, channels: number): Int16Array {
  const wide = packThresholds(thresholds, channels);
  return Int16Array.from(wide, (_, index) => {
    const [row, lane] = [LANES * Math.floor(index / LANES), index % LANES];
    const channel = lane < LANES / 2 ? 2 * lane : 2 * lane - LANES + 1;
    return Math.max(-32768, Math.min(32767, (wide[row + channel] ?? 0) - 1));
  });
}

/** Whether every sum of levels fits int16. */
export function fitsNarrow(layer: ConvolutionLayer, inputBits: number): boolean {
  return inputBits <= 2 && layer.kernel ** 2 * layer.inputChannels * (2 ** inputBits - 1) <= 32767;
}

/** Int8 weights as `[block of 16 channels][row of taps][pair of taps][channel][2]` int16, padded with 0. `weights`: OHWI. */
export function packInt8Pairs(layer: ConvolutionLayer, weights: Int8Array): Int16Array {
  const { kernel, inputChannels, outputChannels } = layer;
  const rowTaps = kernel * inputChannels;
  const pairs = Math.ceil(rowTaps / 2);
  const blocks = Math.ceil(outputChannels / LANES);
  const packed = new Int16Array(blocks * kernel * pairs * 2 * LANES);
  for (let channel = 0; channel < outputChannels; channel++) {
    const block = Math.floor(channel / LANES);
    for (let row = 0; row < kernel; row++) {
      for (let tap = 0; tap < rowTaps; tap++) {
        const pair = (block * kernel + row) * pairs + (tap >> 1);
        packed[(pair * LANES + (channel % LANES)) * 2 + (tap & 1)] =
          weights[channel * kernel * rowTaps + row * rowTaps + tap] ?? 0;
      }
    }
  }
  return packed;
}

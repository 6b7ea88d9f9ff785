/** What a pass must satisfy beyond the rules of the integer model. */
import { type ConvolutionLayer, type Shape, tapCount } from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';
import type { Pass } from './passes.ts';
import { FpgaRefusal } from './refusal.ts';

/** Of the input image. */
export const PIXEL_CHANNELS = 3;
/** Most rows and columns of a kernel, and pixels of a stride. */
const MOST_KERNEL = 16;
const MOST_STRIDE = 15;
const MOST_SIDE = 4095;
/** Accumulators: signed 20 bits for pixels, unsigned 16 bits for levels. One value above is left for thresholds. */
const PIXEL_SUM = 2 ** 19 - 2;
const LEVEL_SUM = 2 ** 16 - 1;

/** Throws FpgaRefusal with the first thing that does not fit. */
export function checkPass(pass: Pass, array: ArraySize): void {
  const { layer, input, inputBits, written } = pass;
  if (layer.kernel > MOST_KERNEL) refuse(pass, `has a kernel of ${layer.kernel}; the engine's most is ${MOST_KERNEL}.`);
  if (layer.stride > MOST_STRIDE) refuse(pass, `has a stride of ${layer.stride}; the engine's most is ${MOST_STRIDE}.`);
  if (Math.max(input.height, input.width) > MOST_SIDE) refuse(pass, `reads more than ${MOST_SIDE} pixels in a line.`);
  if (inputBits !== null && inputBits > 2) refuse(pass, `reads levels of ${inputBits} bits; the engine has 2.`);
  if (layer.op === 'convolution') checkConvolution(pass, layer);
  if (inputBits === null) checkImage(pass, array);
  const words = levelWords(written, array);
  if (words > array.LEVELS_DEPTH && !pass.accumulators) {
    throw new FpgaRefusal(
      'MEMORY_EXCEEDED',
      pass.name,
      `writes ${words} words of levels; the buffer has ${array.LEVELS_DEPTH}, which is ${words - array.LEVELS_DEPTH} too few.`,
    );
  }
}

/** Words of IC_PAR levels that a tensor takes. */
export function levelWords({ height, width, channels }: Shape, { IC_PAR }: ArraySize): number {
  return height * width * Math.ceil(channels / IC_PAR);
}

function checkConvolution(pass: Pass, layer: ConvolutionLayer): void {
  if (layer.activationBits > 2 && !pass.accumulators)
    refuse(pass, `writes levels of ${layer.activationBits} bits; the engine has 2.`);
  if (pass.inputBits === null) {
    const largest = 128 * largestRow(layer);
    if (largest > PIXEL_SUM) tooLarge(pass, largest, PIXEL_SUM);
  } else {
    if (layer.weights.format === 'int8') refuse(pass, 'has int8 weights; the engine has them in the first layer only.');
    const largest = 3 * tapCount(layer);
    if (largest > LEVEL_SUM) tooLarge(pass, largest, LEVEL_SUM);
  }
}

function checkImage(pass: Pass, { PIXELS_DEPTH }: ArraySize): void {
  const { height, width, channels } = pass.input;
  if (channels > PIXEL_CHANNELS)
    refuse(pass, `reads ${channels} channels of pixels; the engine has ${PIXEL_CHANNELS}.`);
  if (height * width > PIXELS_DEPTH) {
    throw new FpgaRefusal(
      'MEMORY_EXCEEDED',
      pass.name,
      `reads ${height * width} pixels; the image memory has ${PIXELS_DEPTH}, which is ${height * width - PIXELS_DEPTH} too few.`,
    );
  }
}

/** Largest sum of magnitudes of one channel's weights. */
function largestRow(layer: ConvolutionLayer): number {
  const taps = tapCount(layer);
  if (layer.weights.format === 'bits') return taps;
  let largest = 0;
  for (let first = 0; first < layer.weights.values.length; first += taps) {
    const row = layer.weights.values.subarray(first, first + taps);
    largest = Math.max(
      largest,
      row.reduce((sum, weight) => sum + Math.abs(weight), 0),
    );
  }
  return largest;
}

function tooLarge({ layer }: Pass, largest: number, limit: number): never {
  throw new FpgaRefusal('SUM_TOO_LARGE', layer.name, `may sum up to ${largest}; the accumulators hold ${limit}.`);
}

function refuse({ layer }: Pass, sentence: string): never {
  throw new FpgaRefusal('LAYER_UNSUPPORTED', layer.name, sentence);
}

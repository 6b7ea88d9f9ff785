/** Levels as the host reads them from an activation buffer. */
import { elementCount, type Shape } from '@dropforge/quantized-inference';
import type { ArraySize } from './array-size.ts';

/** Two-bit levels in a word that the host reads. */
const WORD_LEVELS = 16;

/** Words that the host reads for a tensor. */
export function hostWords({ height, width, channels }: Shape, { IC_PAR }: ArraySize): number {
  return height * width * Math.ceil(channels / IC_PAR) * (IC_PAR / WORD_LEVELS);
}

/** `words`: `[plane of IC_PAR channels][pixel][IC_PAR / 16]`. Returns NHWC levels, one byte each. */
export function unpackLevels(words: Uint32Array, shape: Shape, { IC_PAR }: ArraySize): Uint8Array {
  const pixels = shape.height * shape.width;
  const levels = new Uint8Array(elementCount(shape));
  for (let index = 0; index < levels.length; index++) {
    const channel = index % shape.channels;
    const row = Math.floor(channel / IC_PAR) * pixels + Math.floor(index / shape.channels);
    const word = words[row * (IC_PAR / WORD_LEVELS) + Math.floor((channel % IC_PAR) / WORD_LEVELS)] ?? 0;
    levels[index] = (word >>> (2 * (channel % WORD_LEVELS))) & 3;
  }
  return levels;
}

/** One word per pixel, red in the low byte, from NHWC bytes of 1 to 3 channels. */
export function packPixels(pixels: Uint8Array, channels: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(pixels.length / channels).map((_, index) => {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(index * channels, (index + 1) * channels);
    return red | (green << 8) | (blue << 16);
  });
}

/** An RGB image, uint8, rows of pixels of 3 channels. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly values: Uint8Array;
}

const CHANNELS = 3;
/** Weights are integers of this many bits after the point, so that every machine rounds alike. */
const FRACTION_BITS = 22;

/**
 * Stretches an image by Pillow's bilinear filter, bit for bit: a triangle as wide as one source pixel when it enlarges and
 * one target pixel when it shrinks; rows first, then columns, rounded to 8 bits after each; a side that keeps its length
 * is not touched. https://pillow.readthedocs.io/en/stable/handbook/concepts.html#filters
 */
export function resizeBilinear({ height, width, values }: Pixels, toHeight: number, toWidth: number): Uint8Array {
  const rows = width === toWidth ? values : alongRows(values, height, width, toWidth);
  return height === toHeight ? rows : alongColumns(rows, height, toWidth, toHeight);
}

/** Where a target pixel's window begins in the source, and the integer weights of the pixels in it. */
interface Window {
  readonly start: number;
  readonly weights: Int32Array;
}

function windowsOf(from: number, to: number): Window[] {
  const scale = from / to;
  const support = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const shares = Array.from({ length: end - start }, (_, tap) =>
      Math.max(0, 1 - Math.abs((start + tap - centre + 0.5) / support)),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    return { start, weights: Int32Array.from(shares, (share) => Math.trunc((share / sum) * 2 ** FRACTION_BITS + 0.5)) };
  });
}

function alongRows(values: Uint8Array, height: number, from: number, to: number): Uint8Array {
  const result = new Uint8Array(height * to * CHANNELS);
  const windows = windowsOf(from, to);
  for (let y = 0; y < height; y++) {
    for (const [x, { start, weights }] of windows.entries()) {
      const at = (y * from + start) * CHANNELS;
      weigh(values, at, CHANNELS, weights, result, (y * to + x) * CHANNELS);
    }
  }
  return result;
}

function alongColumns(values: Uint8Array, from: number, width: number, to: number): Uint8Array {
  const result = new Uint8Array(to * width * CHANNELS);
  for (const [y, { start, weights }] of windowsOf(from, to).entries()) {
    for (let x = 0; x < width; x++) {
      const at = (start * width + x) * CHANNELS;
      weigh(values, at, width * CHANNELS, weights, result, (y * width + x) * CHANNELS);
    }
  }
  return result;
}

/** One pixel: the weighted sum of source pixels that lie `stride` values apart. At most 255 * 2^22: it fits 32 bits. */
function weigh(
  values: Uint8Array,
  at: number,
  stride: number,
  weights: Int32Array,
  result: Uint8Array,
  to: number,
): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    let sum = 1 << (FRACTION_BITS - 1);
    let from = at + channel;
    for (const weight of weights) {
      sum += (values[from] ?? 0) * weight;
      from += stride;
    }
    result[to + channel] = Math.min(255, sum >> FRACTION_BITS);
  }
}

/** A repeatable stream of integers: mulberry32, public domain. Returns a function of the exclusive upper bound. */
export type RandomSource = (bound: number) => number;

export function randomSource(seed: number): RandomSource {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

/** Uniform pixels of the given number of images. */
export function randomPixels(
  input: { height: number; width: number; channels: number },
  images: number,
  seed: number,
): Uint8Array {
  const random = randomSource(seed);
  return new Uint8Array(images * input.height * input.width * input.channels).map(() => random(256));
}

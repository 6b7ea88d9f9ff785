/** Mutations of bytes and of the two structures that the readers read: JSON in safetensors, Protocol Buffers in ONNX. */

/** Uniform integers below a bound. */
export type Random = (bound: number) => number;

/** A repeatable stream: mulberry32, public domain. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

export function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[random(choices.length)];
  if (choice === undefined) throw new Error('there is nothing to choose from');
  return choice;
}

/** Numbers at which size checks and loops go wrong. */
export const EDGE_NUMBERS: readonly number[] = [
  ...[0, 1, -1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 255, 256, 4095, 4096, 4097, 65_535, 65_536],
  ...[2 ** 24, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 0.5, -0.5, 1e308],
];

/** One to four changes of single bytes and spans. `other` is what spans are spliced from. */
export function mutateBytes(source: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = source;
  for (let count = 1 + random(4); count > 0; count--) bytes = change(bytes, other, random);
  return bytes;
}

function change(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length + 1);
  const length = 1 + random(pick(random, [4, 16, 256]));
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(Math.min(at + length, bytes.length))];
  switch (random(7)) {
    case 0:
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << random(8)) : byte));
    case 1:
      return bytes.map((byte, index) => (index === at ? pick(random, [0, 1, 0x7f, 0x80, 0xff]) : byte));
    case 2:
      return Buffer.concat([head, tail]);
    case 3:
      return head.slice();
    case 4:
      return Buffer.concat([head, bytes.subarray(at, at + length), bytes.subarray(at)]);
    case 5: {
      const from = random(other.length + 1);
      return Buffer.concat([head, other.subarray(from, from + length), tail]);
    }
    default: {
      const word = Buffer.alloc(8);
      word.writeBigInt64LE(BigInt(Math.trunc(Math.max(-(2 ** 62), Math.min(2 ** 62, pick(random, EDGE_NUMBERS))))));
      return Buffer.concat([head, word, bytes.subarray(Math.min(at + 8, bytes.length))]);
    }
  }
}

/** Chance that can be repeated: it hangs on a seed and on what it is about, never on the order in which things happen. */
import { createHash } from 'node:crypto';

/** A number from 0 (included) to 1 for every question, independent of all others. */
export type Chance = (...about: readonly (string | number)[]) => number;

export function chanceOf(...seed: readonly number[]): Chance {
  return (...about) =>
    createHash('sha256')
      .update(JSON.stringify([...seed, ...about]))
      .digest()
      .readUInt32BE(0) /
    2 ** 32;
}

import { hash } from 'node:crypto';
import type { Split } from './manifest.ts';

/**
 * Splits the images of one class by the hash of their paths, so that the split is the same on every machine and adding
 * images never moves another: a path below `validationFraction` validates, the others train.
 *
 * Small classes need help to be on both sides: when no hash falls below the fraction the lowest one validates, when all
 * do the highest one trains. Only that one image can change sides when images are added. One image alone trains.
 *
 * `paths` are distinct and relative to the dataset's root (`<class>/<file>`, NFC); `validationFraction` is in [0, 1].
 */
export function splitByPathHash(paths: readonly string[], validationFraction: number): Split[] {
  const keys = paths.map(hashFraction);
  const splits = keys.map((key): Split => (key < validationFraction ? 'validation' : 'train'));
  if (paths.length < 2) return splits.map(() => 'train');
  if (!splits.includes('validation')) splits[indexOfExtreme(keys, (a, b) => a < b)] = 'validation';
  if (!splits.includes('train')) splits[indexOfExtreme(keys, (a, b) => a > b)] = 'train';
  return splits;
}

/** The first 48 bits of the path's SHA-256 as a fraction in [0, 1). */
function hashFraction(path: string): number {
  return Number.parseInt(hash('sha256', path, 'hex').slice(0, 12), 16) / 2 ** 48;
}

function indexOfExtreme(keys: readonly number[], isBetter: (a: number, b: number) => boolean): number {
  return keys.reduce((best, key, i) => (isBetter(key, keys[best] ?? key) ? i : best), 0);
}

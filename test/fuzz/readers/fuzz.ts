/** The loop: mutate a known file, run it, and keep it when its outcome is new. */
import { createRandom, pick } from './mutate.ts';
import type { FuzzTarget } from './targets.ts';

export interface FuzzResult {
  readonly runs: number;
  /** Different outcomes seen. */
  readonly outcomes: number;
  readonly slowestMs: number;
  readonly slowest: Uint8Array;
  /** The first file that made the target throw. */
  readonly finding?: { readonly file: Uint8Array; readonly error: unknown };
}

/** Runs until `mayContinue` says no or the target throws. The same seed and number of runs give the same files. */
export function fuzz(target: FuzzTarget, seed: number, mayContinue: (runs: number) => boolean): FuzzResult {
  const random = createRandom(seed);
  const corpus = target.seeds();
  const outcomes = new Set(corpus.map(target.run));
  let slowestMs = 0;
  let slowest = new Uint8Array(0);
  let runs = 0;
  for (; mayContinue(runs); runs++) {
    const file = target.mutate(pick(random, corpus), pick(random, corpus), random);
    const started = performance.now();
    try {
      const outcome = target.run(file);
      if (!outcomes.has(outcome)) {
        outcomes.add(outcome);
        corpus.push(file);
      }
    } catch (error) {
      return { runs, outcomes: outcomes.size, slowestMs, slowest, finding: { file, error } };
    }
    const took = performance.now() - started;
    if (took > slowestMs) [slowestMs, slowest] = [took, Uint8Array.from(file)];
  }
  return { runs, outcomes: outcomes.size, slowestMs, slowest };
}

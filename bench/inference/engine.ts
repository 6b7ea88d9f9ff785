/** What the inference bench measures. */
import { median } from '../median.ts';

/** A network ready to run one image again and again, on one thread. */
export interface Engine {
  readonly engine: string;
  readonly variant: string;
  /** Median of that many runs, milliseconds. */
  measure(runs: number): Promise<number>;
}

export interface Row {
  readonly engine: string;
  readonly variant: string;
  /** Median of the rounds' medians. */
  readonly ms: number;
}

/** An engine of this process: `run` computes one image. */
export function engineOf(engine: string, variant: string, run: () => Promise<unknown> | unknown): Engine {
  return {
    engine,
    variant,
    async measure(runs) {
      const times: number[] = [];
      for (let i = 0; i < runs; i++) {
        const start = performance.now();
        await run();
        times.push(performance.now() - start);
      }
      return median(times);
    },
  };
}

/** Throws unless two engines' outputs for one image point the same way: cosine of the angle above `least`. */
export function requireSimilar(name: string, actual: Float32Array, expected: Float32Array, least: number): void {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  const cosine = dot(actual, expected) / Math.sqrt(dot(actual, actual) * dot(expected, expected));
  if (actual.length === expected.length && cosine >= least) return;
  throw new Error(`${name} computed ${[...actual]}, not about ${[...expected]}: this is no comparison of equals.`);
}

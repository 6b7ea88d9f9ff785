import { z } from 'zod';
import type { Benchmark, Dialect } from './output.ts';

const Seconds = z.number().nonnegative();
/** `std`, and `p50` and `p95` of ours, are not compared. */
const Summary = z.object({ mean: Seconds });

/** One number for each stage, which is the mean; it counts the first call too. */
const Flat = z.object({ total: Seconds, pre: Seconds, inference: Seconds, post: Seconds });
/** Blueoil's v0.30 calls the inference `run`. */
const Nested = z.object({ total: Summary, pre: Summary, run: Summary, post: Summary });
const Own = z.object({
  ...{ total: Summary, pre: Summary, inference: Summary, post: Summary },
  trials: z.int().positive().optional(),
  kernels: z.string().max(64).optional(),
});
const Empty = z.strictObject({});

/** The times and whose dialect they are in; undefined: nobody's that is known. */
export function readBenchmark(value: unknown): { dialect: Dialect; benchmark: Benchmark | null } | undefined {
  const flat = Flat.safeParse(value).data;
  if (flat) return { dialect: 'blueoil-0.22', benchmark: toBenchmark(flat.total, flat.pre, flat.inference, flat.post) };
  const nested = Nested.safeParse(value).data;
  if (nested) return { dialect: 'blueoil-0.30', benchmark: ofMeans(nested, nested.run) };
  const own = Own.safeParse(value).data;
  if (own) {
    const { trials, kernels } = own;
    return { dialect: 'dropforge', benchmark: { ...ofMeans(own, own.inference), trials, kernels } };
  }
  return Empty.safeParse(value).success ? { dialect: null, benchmark: null } : undefined;
}

type Mean = z.infer<typeof Summary>;

function ofMeans({ total, pre, post }: Record<'total' | 'pre' | 'post', Mean>, inference: Mean): Benchmark {
  return toBenchmark(total.mean, pre.mean, inference.mean, post.mean);
}

function toBenchmark(
  totalSeconds: number,
  preSeconds: number,
  inferenceSeconds: number,
  postSeconds: number,
): Benchmark {
  return { totalSeconds, preSeconds, inferenceSeconds, postSeconds };
}

import { z } from 'zod';

/** `run-` and 20 characters of base32: derived from what started the run, so the same cause is the same run. */
export const RunId = z.string().regex(/^run-[a-z2-7]{20}$/, 'a run id looks like run-abcdefghij234567abcd');
/** A project groups drops: the first folder below `drops/`. */
export const Project = z.string().min(1).max(100);
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest is 64 hexadecimal digits');
/** An object key in the one bucket: 1 to 1024 bytes of UTF-8. */
export const ObjectKey = z.string().min(1).max(1024);
/** The text of a recipe.yaml: 64 KB of UTF-8 at most, and nothing that JSON would write six times as long. */
export const RecipeText = z
  .string()
  .max(65_536)
  .refine((text) => new TextEncoder().encode(text).length <= 65_536, 'at most 65536 bytes of UTF-8')
  .refine((text) => !/[^\P{Cc}\t\n\r]/u.test(text), 'no control characters but tabs and line ends');
export const JobName = z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'a SageMaker job name');
/** What a model is built for: processors, and `fpga` for the accelerator beside the processor of an `armv7l`. */
export const Target = z.enum(['x86_64', 'aarch64', 'armv7l', 'fpga']);
export type Target = z.output<typeof Target>;

/** Carried by every event about a run. An attempt starts at 1 and grows with each retry. */
export const run = {
  runId: RunId,
  project: Project,
  attempt: z.int().positive(),
};

/** Why something was refused or went wrong, for people: what, where, what to do. */
export const Reason = z.object({
  /** Stable, for programs and for search: UPPER_SNAKE. */
  code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  message: z.string().min(1).max(1000),
  where: z.string().max(1100).optional(),
  action: z.string().max(1000).optional(),
});
export type Reason = z.output<typeof Reason>;

/** Reasons travel in events, which are small; the report in the bucket holds every one. */
export const Reasons = z.array(Reason).min(1).max(20);

/** What one job cost: billed seconds, times instances, times the price of an hour. Spot jobs are billed fewer seconds. */
export const JobCost = z.object({
  instanceType: z.string().min(1),
  instanceCount: z.int().positive(),
  spot: z.boolean(),
  billedSeconds: z.number().nonnegative(),
  /** As long as it took; with spot more than is billed. */
  seconds: z.number().nonnegative(),
  /** US dollars, to the millionth; absent: the price is not known. */
  usd: z.number().nonnegative().optional(),
  /** What the same seconds on demand would have cost more. */
  savedUsd: z.number().nonnegative().optional(),
});
export type JobCost = z.output<typeof JobCost>;

export const exampleRun = {
  runId: 'run-mzxw6ytboi2gk3tdmfza',
  project: 'flowers',
  attempt: 1,
} as const;

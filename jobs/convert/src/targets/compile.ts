/** Compiles C sources to objects. Paths are relative to the work directory, so that no object depends on where it lies. */
import { availableParallelism } from 'node:os';
import type { Compiler } from './find-compiler.ts';
import { type ObjectCache, openObjectCache } from './object-cache.ts';
import { type ProgramOutcome, runProgram } from './run-program.ts';
import type { Target } from './target.ts';

const COMPILE_SECONDS = 300;

export interface CompileOptions {
  /** Holds the sources; the objects are written beside them. */
  readonly directory: string;
  /** Relative to the directory. */
  readonly includeDirectories: readonly string[];
  /** Freestanding code must not call the C library, not even for a copy that the compiler recognises. */
  readonly freestanding: boolean;
  readonly extraFlags?: readonly string[];
  readonly searchPath: string;
  /** Where objects of earlier builds may lie, for sources that are the same again and again. */
  readonly cacheDirectory?: string;
}

/** `sources`: paths relative to the directory. Returns null, or the outcome of the first file that failed. */
export async function compile(
  target: Target,
  compiler: Compiler,
  sources: readonly string[],
  options: CompileOptions,
): Promise<Exclude<ProgramOutcome, { kind: 'success' }> | null> {
  const { cacheDirectory, directory } = options;
  const cache = cacheDirectory === undefined ? null : await openObjectCache(cacheDirectory, directory, compiler.path);
  const waiting = [...sources];
  const failures = new Map<string, Exclude<ProgramOutcome, { kind: 'success' }>>();
  const worker = async () => {
    for (let source = waiting.shift(); source !== undefined && failures.size === 0; source = waiting.shift()) {
      const outcome = await compileOne(target, compiler, source, options, cache);
      if (outcome.kind !== 'success') failures.set(source, outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));
  // In the order of the sources, so that the same fault gives the same message.
  return sources.map((source) => failures.get(source)).find((failure) => failure !== undefined) ?? null;
}

export function objectOf(source: string): string {
  return source.replace(/\.c$/, '.o');
}

async function compileOne(
  target: Target,
  compiler: Compiler,
  source: string,
  options: CompileOptions,
  cache: ObjectCache | null,
): Promise<ProgramOutcome> {
  const { directory, includeDirectories, freestanding, extraFlags = [], searchPath } = options;
  const flags = [
    ...['-std=c11', '-O3', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra', '-D_GNU_SOURCE'],
    ...(freestanding ? ['-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-fstack-usage'] : []),
    // A fused multiply-add rounds once where others round twice: probabilities would differ between machines.
    '-ffp-contract=off',
    // The same text compiles to the same bytes on every day and in every directory.
    ...['-ffile-prefix-map=./=', '-Wdate-time', '-g0'],
    ...includeDirectories.map((path) => `-I${path}`),
    ...target.flags,
    ...extraFlags,
  ];
  const programArguments = [...compiler.targetArguments, ...flags, '-c', source, '-o', objectOf(source)];
  const entry = await cache?.entryOf(source, programArguments);
  if (entry !== undefined && (await cache?.restore(entry, source))) return { kind: 'success', stdout: '' };
  const running = { directory, timeoutSeconds: COMPILE_SECONDS, searchPath };
  const outcome = await runProgram(compiler.program, programArguments, running);
  if (entry !== undefined && outcome.kind === 'success') await cache?.keep(entry, source);
  return outcome;
}

/** Compiles C sources to objects. Paths are relative to the work directory, so that no object depends on where it lies. */
import { availableParallelism } from 'node:os';
import type { Compiler } from './find-compiler.ts';
import { type ObjectStore, openStore } from './object-store.ts';
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
  /** Where objects are kept for the next build, of sources that are the same in every one. Default: nowhere. */
  readonly objects?: { readonly folder: string; readonly sources: readonly string[] };
}

/** `sources`: paths relative to the directory. Returns null, or the outcome of the first file that failed. */
export async function compile(
  target: Target,
  compiler: Compiler,
  sources: readonly string[],
  options: CompileOptions,
): Promise<Exclude<ProgramOutcome, { kind: 'success' }> | null> {
  const flags = [...compiler.targetArguments, ...flagsOf(target, options)];
  const { directory, searchPath, objects } = options;
  const { program } = compiler;
  const store = objects && (await openStore(objects.folder, directory, { program, searchPath, flags }));
  const waiting = [...sources];
  const failures = new Map<string, Exclude<ProgramOutcome, { kind: 'success' }>>();
  const worker = async () => {
    for (let source = waiting.shift(); source !== undefined && failures.size === 0; source = waiting.shift()) {
      const kept = objects?.sources.includes(source) ? store : undefined;
      const outcome = await compileOne(compiler, flags, source, options, kept);
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
  { program }: Compiler,
  flags: readonly string[],
  source: string,
  { directory, searchPath }: CompileOptions,
  store: ObjectStore | undefined,
): Promise<ProgramOutcome> {
  if (await store?.take(source)) return { kind: 'success', stdout: '' };
  const outcome = await runProgram(program, [...flags, '-c', source, '-o', objectOf(source)], {
    directory,
    timeoutSeconds: COMPILE_SECONDS,
    searchPath,
  });
  if (outcome.kind === 'success') await store?.keep(source);
  return outcome;
}

function flagsOf(target: Target, { includeDirectories, freestanding, extraFlags = [] }: CompileOptions): string[] {
  return [
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
}

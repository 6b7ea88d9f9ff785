/** From the generated C source to a program and a library for one kind of machine. */
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sources } from '../emit/emit-c.ts';
import { compile, objectOf } from './compile.ts';
import { decoderIncludeFlags, decoderLibraries, defaultDecoderDirectory, layOutDecoders } from './decoders.ts';
import { type Compiler, findCompiler } from './find-compiler.ts';
import { firstError } from './first-error.ts';
import { defaultCacheDirectory } from './object-cache.ts';
import { type ProgramOutcome, runProgram } from './run-program.ts';
import { stackBytesOf } from './stack-usage.ts';
import type { Target } from './target.ts';

export type BuildResult =
  | ({ readonly status: 'ok' } & BuiltFiles)
  | { readonly status: 'failed'; readonly code: BuildErrorCode; readonly message: string };

/** Paths of the static program, and of the network as a shared and as a static library; what they need at work. */
export interface BuiltFiles {
  readonly runner: string;
  readonly library: string;
  readonly archive: string;
  /** The most stack that a run of the network takes; absent: the compiler could not say. */
  readonly stackBytes?: number;
}

export type BuildErrorCode =
  | 'COMPILER_MISSING'
  | 'DECODERS_MISSING'
  | 'COMPILE_FAILED'
  | 'COMPILE_TIMEOUT'
  | 'LINK_FAILED';

export interface BuildOptions {
  /** The C runtime: `include`, `src` and `runner`. Default: the one of this package. */
  readonly runtimeDirectory?: string;
  /** Libraries that decode images: a folder for each target. Default: where `fetch-decoders` puts them. */
  readonly decoderDirectory?: string;
  /** Objects of earlier builds. Default: beside the decoders. */
  readonly cacheDirectory?: string;
  /** Where to look for compilers. Default: PATH. */
  readonly searchPath?: string;
  /** For sanitizers and quick test builds; come last. */
  readonly extraFlags?: readonly string[];
}

/** This package's C runtime. */
export const defaultRuntimeDirectory = fileURLToPath(new URL('../../runtime', import.meta.url));

const LINK_SECONDS = 120;

/**
 * Writes `dropforge-run`, `libdlk.so` and `libdlk.a` to `outputDirectory`, which is made when missing. Equal sources give equal
 * bytes wherever the directory lies. A compiler that is missing or fails is a result, so that other targets go on; only
 * a file system that fails throws.
 */
export async function buildTarget(
  target: Target,
  sources: Sources,
  outputDirectory: string,
  options: BuildOptions = {},
): Promise<BuildResult> {
  const searchPath = options.searchPath ?? process.env.PATH ?? '';
  const compiler = await findCompiler(target, searchPath);
  if (compiler === null) {
    const message = `No C compiler for ${target.name}: install ${target.packages} (Debian packages).`;
    return { status: 'failed', code: 'COMPILER_MISSING', message };
  }
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-build-'));
  try {
    const { extraFlags = [], cacheDirectory = defaultCacheDirectory } = options;
    const build = { target, compiler, directory, searchPath, extraFlags, cacheDirectory };
    const runtime = options.runtimeDirectory ?? defaultRuntimeDirectory;
    if (!(await layOutDecoders(target, directory, options.decoderDirectory ?? defaultDecoderDirectory))) {
      const message = `No decoders for ${target.name}: run jobs/convert/fetch-decoders jobs/convert/.build/decoders.`;
      return { status: 'failed', code: 'DECODERS_MISSING', message };
    }
    const files = await layOutSources(target, directory, runtime, sources);
    return (await compileAll(build, files)) ?? (await linkAll(build, files, resolve(outputDirectory)));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Build {
  readonly target: Target;
  readonly compiler: Compiler;
  readonly directory: string;
  readonly searchPath: string;
  readonly extraFlags: readonly string[];
  readonly cacheDirectory: string;
}

/** Paths relative to the build directory, sorted. */
interface SourceFiles {
  /** What the conversion wrote. */
  readonly generated: readonly string[];
  /** The library's other sources, which are the same for every network. */
  readonly runtime: readonly string[];
  readonly runner: readonly string[];
}

async function layOutSources(
  { engine }: Target,
  directory: string,
  runtime: string,
  sources: Sources,
): Promise<SourceFiles> {
  await cp(runtime, directory, { recursive: true });
  for (const [path, text] of sources) {
    const file = join(directory, 'network', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const kernels = (engine?.runtime ?? (await cSourcesIn(join(directory, 'src')))).map((file) => `src/${file}`);
  const drivers = engine ? (await cSourcesIn(join(directory, 'fpga'))).map((file) => `fpga/${file}`) : [];
  const generated = [...sources.keys()].filter((path) => path.endsWith('.c')).map((path) => `network/${path}`);
  const runner = (await cSourcesIn(join(directory, 'runner'))).map((file) => `runner/${file}`);
  return { generated: generated.sort(), runtime: [...kernels, ...drivers], runner };
}

async function cSourcesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((file) => file.endsWith('.c')).sort();
}

async function compileAll(
  { cacheDirectory, ...build }: Build,
  { generated, runtime, runner }: SourceFiles,
): Promise<BuildResult | null> {
  for (const [sources, freestanding, isCached] of [
    [generated, true, false],
    [runtime, true, true],
    [runner, false, true],
  ] as const) {
    const failure = await compile(build.target, build.compiler, sources, {
      ...build,
      ...(isCached && { cacheDirectory }),
      includeDirectories: ['include', 'src', 'fpga'],
      freestanding,
      extraFlags: [...(freestanding ? [] : decoderIncludeFlags), ...build.extraFlags],
    });
    if (failure !== null) return failed(build.target, 'COMPILE_FAILED', failure);
  }
  return null;
}

async function linkAll(build: Build, files: SourceFiles, outputDirectory: string): Promise<BuildResult> {
  const library = [...files.generated, ...files.runtime];
  const network = library.map(objectOf);
  // Freestanding by construction: without the C library, an undefined symbol fails the link. No soname: a program that
  // is linked with a copy looks for it under the copy's name.
  const hardened = ['-Wl,-z,defs', '-Wl,-z,noexecstack', '-Wl,-z,relro', '-Wl,-z,now'];
  // A program may load two networks: each calls its own functions, whichever was there first.
  const libraryFlags = ['-shared', '-nostdlib', '-Wl,-Bsymbolic', ...hardened];
  const failure =
    (await link(build, outputs.library, network, libraryFlags)) ??
    (await link(
      build,
      outputs.runner,
      [...network, ...files.runner.map(objectOf), ...decoderLibraries],
      ['-static'],
    )) ??
    (await archive(build, network));
  if (failure !== null) return failure;
  await mkdir(outputDirectory, { recursive: true });
  const place = async (name: string): Promise<string> => {
    await copyFile(join(build.directory, name), join(outputDirectory, name));
    return join(outputDirectory, name);
  };
  const { runner, library: libraryName, archive: archiveName } = outputs;
  const stackBytes = await stackBytesOf(build.directory, library);
  return {
    status: 'ok',
    ...(stackBytes !== undefined && { stackBytes }),
    runner: await place(runner),
    library: await place(libraryName),
    archive: await place(archiveName),
  };
}

const outputs = { runner: 'dropforge-run', library: 'libdlk.so', archive: 'libdlk.a' };

/** With GNU ar of the target, which alone can list the target's symbols; D: no time, no owner. */
function archive(build: Build, objects: readonly string[]) {
  return runLinker(build, `${build.target.triple}-ar`, ['rcsD', outputs.archive, ...objects]);
}

function link(build: Build, output: string, objects: readonly string[], flags: readonly string[]) {
  const { compiler, target, extraFlags } = build;
  return runLinker(build, compiler.program, [
    ...[...compiler.targetArguments, ...compiler.linkArguments, ...target.flags],
    ...['-Wl,--build-id=none', '-Wl,-s', ...flags, ...extraFlags, ...objects, '-o', output],
  ]);
}

async function runLinker({ directory, searchPath, target }: Build, program: string, programArguments: string[]) {
  const options = { directory, timeoutSeconds: LINK_SECONDS, searchPath };
  const outcome = await runProgram(program, programArguments, options);
  return outcome.kind === 'success' ? null : failed(target, 'LINK_FAILED', outcome);
}

function failed(
  target: Target,
  code: 'COMPILE_FAILED' | 'LINK_FAILED',
  outcome: Exclude<ProgramOutcome, { kind: 'success' }>,
): Extract<BuildResult, { status: 'failed' }> {
  switch (outcome.kind) {
    case 'missing':
      return { status: 'failed', code: 'COMPILER_MISSING', message: `Install ${target.packages} (Debian packages).` };
    case 'timeout':
      return { status: 'failed', code: 'COMPILE_TIMEOUT', message: `The compiler for ${target.name} did not end.` };
    case 'failure':
      return { status: 'failed', code, message: firstError(outcome.stderr) };
  }
}

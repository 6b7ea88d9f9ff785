/** Compiles the runtime once and many networks with it into one program, which is run once for each kernel set. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LayerDigest } from '@dropforge/quantized-inference';
import { emitC } from '../../jobs/convert/src/emit/emit-c.ts';
import { defaultRuntimeDirectory } from '../../jobs/convert/src/targets/build-target.ts';
import { type CompileOptions, compile, objectOf } from '../../jobs/convert/src/targets/compile.ts';
import { type Compiler, findCompiler } from '../../jobs/convert/src/targets/find-compiler.ts';
import { defaultObjectDirectory } from '../../jobs/convert/src/targets/object-store.ts';
import { runProgram } from '../../jobs/convert/src/targets/run-program.ts';
import type { Target } from '../../jobs/convert/src/targets/target.ts';
import type { ParityCase, ParityEngine } from './engine.ts';

export interface NativeRuntime {
  /** An engine for one of the kernel sets of the runtime. */
  engine(kernels: string): ParityEngine;
  remove(): Promise<void>;
}

/** The symbols that each network defines, which get the network's number here. */
const GENERATED = [
  'df_generated_info',
  'df_generated_arena',
  'df_generated_run',
  'df_generated_prepare',
  'df_generated_pixels',
  'df_generated_logits',
];

/** `flags` reach the link, too. Throws with the compiler's message when the runtime does not compile. */
export async function compileRuntime(
  target: Target,
  flags: readonly string[] = [],
  chosen?: Compiler,
): Promise<NativeRuntime> {
  const compiler = chosen ?? (await findCompiler(target, process.env.PATH ?? ''));
  if (compiler === null) throw new Error(`Install ${target.packages}.`);
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-parity-'));
  await cp(defaultRuntimeDirectory, directory, { recursive: true });
  await cp(fileURLToPath(new URL('parity-main.c', import.meta.url)), join(directory, 'parity-main.c'));
  const build: Build = { target, compiler, directory, flags };
  const runtime = await kernelSources(directory);
  await compileAll(build, runtime, ['-Werror'], { folder: defaultObjectDirectory, sources: runtime });
  let program: { cases: readonly ParityCase[]; path: Promise<string> } | undefined;
  let built = 0;
  const programFor = (cases: readonly ParityCase[]) => {
    if (program?.cases !== cases) program = { cases, path: link(build, runtime, cases, `networks-${built++}`) };
    return program.path;
  };
  return {
    engine: (kernels) => ({
      name: `${target.name} ${kernels}`,
      digests: async (cases) => run(build, await programFor(cases), kernels, cases),
    }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

interface Build {
  readonly target: Target;
  readonly compiler: Compiler;
  readonly directory: string;
  readonly flags: readonly string[];
}

/** The operators and kernels: every source of the runtime that names no single network. */
async function kernelSources(directory: string): Promise<string[]> {
  const files = (await readdir(join(directory, 'src'))).filter((file) => file.endsWith('.c')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(directory, 'src', file), 'utf8')));
  return files.filter((_, index) => !texts[index]?.includes('df_generated_')).map((file) => `src/${file}`);
}

async function compileAll(
  { target, compiler, directory, flags }: Build,
  sources: string[],
  extra: string[],
  objects?: CompileOptions['objects'],
) {
  const options = { directory, includeDirectories: ['include', 'src', '.'], searchPath: process.env.PATH ?? '' };
  const failure = await compile(target, compiler, sources, {
    ...options,
    freestanding: false,
    ...(objects && { objects }),
    extraFlags: [...extra, ...flags],
  });
  if (failure !== null) throw new Error(failure.kind === 'failure' ? failure.stderr : failure.kind);
}

/** Writes, compiles and links the networks. Returns the program's path. */
async function link(build: Build, runtime: string[], cases: readonly ParityCase[], name: string): Promise<string> {
  const sources = cases.map((_, index) => `${name}-${index}.c`);
  for (const [index, { model }] of cases.entries()) {
    // Each network is named by its number, so that all of them fit into one program.
    const names = GENERATED.map((symbol) => `#define ${symbol} ${symbol}_${index}\n`).join('');
    await writeFile(join(build.directory, `${name}-${index}.c`), names + (emitC(model).get('df_network.c') ?? ''));
  }
  await writeFile(join(build.directory, 'networks.h'), networkTable(cases));
  // Data and lists of calls: there is nothing to optimise.
  await compileAll(build, [...sources, 'parity-main.c'], ['-O0']);
  const path = join(build.directory, name);
  const statically = build.flags.some((flag) => flag.startsWith('-fsanitize')) ? [] : ['-static'];
  const { compiler, target, directory, flags } = build;
  const linkArguments = [
    ...compiler.targetArguments,
    ...compiler.linkArguments,
    ...target.flags,
    ...flags,
    ...statically,
  ];
  const objects = [...sources, 'parity-main.c', ...runtime].map(objectOf);
  const outcome = await runProgram(compiler.program, [...linkArguments, ...objects, '-o', path], {
    directory,
    timeoutSeconds: 120,
  });
  if (outcome.kind !== 'success') throw new Error(outcome.kind === 'failure' ? outcome.stderr : outcome.kind);
  return path;
}

function networkTable(cases: readonly ParityCase[]): string {
  const rows = cases.map(
    ({ images }, n) => `{&df_generated_info_${n}, df_generated_arena_${n}, df_generated_run_${n}, ${images.length}}`,
  );
  return [
    'typedef struct network {\n    const df_info *info;\n    uint8_t *arena;\n    int32_t (*run)(const df_execution *);\n    size_t images;\n} network;',
    ...cases.map(
      (_, n) =>
        `extern const df_info df_generated_info_${n};\nextern uint8_t df_generated_arena_${n}[];\nint32_t df_generated_run_${n}(const df_execution *execution);`,
    ),
    `static const network networks[] = {${rows.join(', ')}};`,
    `static const size_t network_count = ${cases.length};\n`,
  ].join('\n');
}

async function run({ target, directory }: Build, program: string, kernels: string, cases: readonly ParityCase[]) {
  const images = join(directory, 'images.u8');
  await writeFile(images, Buffer.concat(cases.flatMap((one) => one.images)));
  const emulator = target.nodeArchitecture === process.arch ? [] : [target.emulator];
  const [command = '', ...programArguments] = [...emulator, program, kernels, images];
  const outcome = await runProgram(command, programArguments, { timeoutSeconds: 300 });
  // The program's own words: a crash is no reason to leave the kernels out.
  if (outcome.kind === 'failure' && outcome.stderr === 'This processor cannot run them.\n')
    return { missing: `this machine cannot run ${kernels}` };
  if (outcome.kind !== 'success') throw new Error(outcome.kind === 'failure' ? outcome.stderr : outcome.kind);
  const lines = outcome.stdout.trimEnd().split('\n');
  return cases.map((one) => one.images.map(() => digestsOf(one, lines.shift() ?? '')));
}

function digestsOf({ model }: ParityCase, line: string): LayerDigest[] {
  const digests = line.split(' ');
  // A word more than layers is the program's own complaint, which no reference has.
  if (digests.length !== model.layers.length) return [];
  return model.layers.map(({ name }, index) => ({ layer: name, digest: digests[index] ?? '' }));
}

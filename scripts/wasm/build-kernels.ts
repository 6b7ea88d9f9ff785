/** Compiles the WebAssembly kernels from the C sources that they share with the native ones. `node scripts/wasm/build-kernels.ts` */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useFinalOpcodes } from './relaxed-opcodes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const runtime = join(root, 'jobs/convert/runtime');
const output = join(root, 'shared/quantized-inference/dist');

/** The module's entry and the operators that it calls. */
const sources = [
  'df_wasm.c',
  'df_packed_conv.c',
  'df_conv_groups_128.c',
  'df_conv_bytes_wasm.c',
  'df_group_table.c',
  'df_fill_border.c',
  'df_pack.c',
  'df_unpack.c',
  'df_space_to_depth.c',
  'df_max_pool.c',
  'df_average_pool.c',
  'df_head.c',
];

const flags = [
  '--target=wasm32',
  '-std=c11',
  '-O3',
  '-ffreestanding',
  '-nostdlib',
  '-mbulk-memory',
  '-msimd128',
  // Its pointers that count up hide constant offsets, which loads have room for: 2 to 6 % slower.
  ...['-mllvm', '-disable-lsr'],
  ...['-Wall', '-Wextra', '-Werror'],
  ...['-I', join(runtime, 'include'), '-I', join(runtime, 'src')],
  ...['-Wl,--no-entry', '-Wl,--export=__heap_base', '-Wl,-z,stack-size=65536', '-Wl,--strip-all'],
];

const variants = { 'kernels.wasm': [], 'kernels-relaxed.wasm': ['-mrelaxed-simd'] };

export type KernelBuild = 'built' | 'current' | { readonly skipped: string };

/** Does nothing when the sources are those of the last build. Throws with the compiler's words when they do not compile. */
export function buildKernels(): KernelBuild {
  const digest = digestOfSources();
  const mark = join(output, 'sources.sha256');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return 'current';
  if (spawnSync('clang', ['--version']).status !== 0 || spawnSync('wasm-ld', ['--version']).status !== 0) {
    return { skipped: 'The WebAssembly kernels need clang and lld (Debian packages): models run in plain TypeScript.' };
  }
  // Tests may build at the same time: each writes files of its own, and moving them into place is one step.
  const own = `${output}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  mkdirSync(output, { recursive: true });
  try {
    for (const [name, variantFlags] of Object.entries(variants)) compile(join(own, name), variantFlags);
    writeFileSync(join(own, 'sources.sha256'), digest);
    for (const name of [...Object.keys(variants), 'sources.sha256']) renameSync(join(own, name), join(output, name));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return 'built';
}

/** Of every file that may take part, and of how they are built. */
function digestOfSources(): string {
  const hash = createHash('sha256');
  const folders = [join(runtime, 'include'), join(runtime, 'src'), fileURLToPath(new URL('.', import.meta.url))];
  for (const folder of folders) {
    for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
}

function compile(file: string, variantFlags: readonly string[]): void {
  const paths = sources.map((source) => join(runtime, 'src', source));
  const { status, stderr } = spawnSync('clang', [...flags, ...variantFlags, ...paths, '-o', file], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The WebAssembly kernels do not compile:\n${stderr}`);
  if (variantFlags.length > 0) writeFileSync(file, useFinalOpcodes(readFileSync(file)));
}

/** Vitest's global set-up. */
export function setup(): void {
  const build = buildKernels();
  if (typeof build === 'object') console.warn(build.skipped);
}

if (import.meta.main) {
  const build = buildKernels();
  if (build !== 'current') console.error(build === 'built' ? 'Compiled the WebAssembly kernels.' : build.skipped);
}

/**
 * Instructions of one image on ARM, by function: a plugin of the emulator counts them. They are no cycles, but they do not
 * depend on how busy the machine is, and no ARM machine is at hand.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lmnetV1 } from '@dropforge/quantized-inference/testing';
import { runProgram } from '../jobs/convert/src/targets/run-program.ts';
import type { Target } from '../jobs/convert/src/targets/target.ts';
import { targets } from '../jobs/convert/src/targets/targets.ts';
import { createParityKit } from '../jobs/convert/src/targets/testing/parity-kit.ts';

interface Counts {
  readonly target: string;
  /** Of one image: the binary convolutions, which are layers 2 to 6 of LmnetV1, with the borders that they write. */
  readonly binaryConvolutions: number;
  readonly total: number;
  readonly functions: Readonly<Record<string, number>>;
}

const binary = ['df_conv_groups_128', 'df_conv_planes_neon', 'df_fill_border'];

/** `instructions [--json FILE]` */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'string' } } });
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-instructions-'));
  try {
    const plugin = await compilePlugin(directory);
    const rows: Counts[] = [];
    for (const target of [targets.aarch64, targets.armv7l])
      rows.push(await countInstructions(target, plugin, directory));
    for (const row of rows) print(row);
    if (values.json) await writeFile(values.json, `${JSON.stringify({ rows }, null, 2)}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function compilePlugin(directory: string): Promise<string> {
  const source = fileURLToPath(new URL('./instructions/count.c', import.meta.url));
  const plugin = join(directory, 'count.so');
  await succeed('clang', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', source, '-o', plugin]);
  return plugin;
}

/** The difference between six images and one is five times what an image costs, whatever else the program does. */
async function countInstructions(target: Target, plugin: string, directory: string): Promise<Counts> {
  const kit = await createParityKit(target);
  try {
    const runner = await kit.build(lmnetV1());
    const [one, six] = [
      await count(target, plugin, runner, 1, directory),
      await count(target, plugin, runner, 6, directory),
    ];
    const names = [...six.keys()].filter((name) => name.startsWith('df_'));
    // Each image runs twice: the benchmark warms up first.
    const perImage = names.map((name) => [name, ((six.get(name) ?? 0) - (one.get(name) ?? 0)) / 10] as const);
    const sum = (wanted: (name: string) => boolean) =>
      perImage.reduce((total, [name, instructions]) => total + (wanted(name) ? instructions : 0), 0);
    return {
      target: target.name,
      binaryConvolutions: sum((name) => binary.includes(name)),
      total: sum(() => true),
      functions: Object.fromEntries(
        perImage.filter(([, instructions]) => instructions > 0).sort((a, b) => b[1] - a[1]),
      ),
    };
  } finally {
    await kit.remove();
  }
}

/** Instructions by function of a run of so many images. */
async function count(target: Target, plugin: string, runner: string, images: number, directory: string) {
  const log = join(directory, `${target.name}.log`);
  await succeed(target.emulator, ['-d', 'plugin', '-D', log, '-plugin', plugin, runner, '--benchmark', `${images}`]);
  const lines = (await readFile(log, 'utf8')).matchAll(/^(\d+) (\S+)$/gm);
  return new Map([...lines].map(([, instructions, name]) => [name ?? '', Number(instructions)] as const));
}

async function succeed(program: string, programArguments: readonly string[]): Promise<void> {
  const outcome = await runProgram(program, programArguments, { timeoutSeconds: 120 });
  if (outcome.kind === 'success') return;
  throw new Error(`${program}: ${outcome.kind === 'failure' ? outcome.stderr : outcome.kind}`);
}

function print({ target, binaryConvolutions, total, functions }: Counts): void {
  const millions = (instructions: number) => `${(instructions / 1e6).toFixed(2)} M`;
  console.log(`${target}: ${millions(binaryConvolutions)} in the binary convolutions, ${millions(total)} in all`);
  for (const [name, instructions] of Object.entries(functions)) {
    console.log(`  ${millions(instructions).padStart(9)}  ${name}`);
  }
}

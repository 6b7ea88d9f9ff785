/** Builds what the bench of instructions runs: LmnetV1 with its symbols, and the emulator's plugin. */
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lmnetV1 } from '@dropforge/quantized-inference/testing';
import { emitC } from '../../jobs/convert/src/emit/emit-c.ts';
import { defaultRuntimeDirectory } from '../../jobs/convert/src/targets/build-target.ts';
import { compile, objectOf } from '../../jobs/convert/src/targets/compile.ts';
import { findCompiler } from '../../jobs/convert/src/targets/find-compiler.ts';
import { runProgram } from '../../jobs/convert/src/targets/run-program.ts';
import type { Target } from '../../jobs/convert/src/targets/target.ts';

const sourceOf = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Path of the program, compiled as the product is. */
export async function buildProgram(target: Target, parent: string): Promise<string> {
  const searchPath = process.env.PATH ?? '';
  const compiler = await findCompiler(target, searchPath);
  if (compiler === null) throw new Error(`Install ${target.packages}.`);
  const directory = join(parent, target.name);
  await cp(defaultRuntimeDirectory, directory, { recursive: true });
  await cp(sourceOf('main.c'), join(directory, 'main.c'));
  for (const [path, text] of emitC(lmnetV1())) await writeFile(join(directory, path), text);
  const kernels = (await readdir(join(directory, 'src'))).filter((file) => file.endsWith('.c'));
  const sources = ['df_network.c', 'main.c', ...kernels.map((file) => `src/${file}`)];
  const options = { directory, includeDirectories: ['include', 'src'], freestanding: true, searchPath };
  const failure = await compile(target, compiler, sources, options);
  if (failure !== null) throw new Error(failure.kind === 'failure' ? failure.stderr : failure.kind);
  const program = join(directory, 'program');
  const flags = [...compiler.targetArguments, ...compiler.linkArguments, ...target.flags, '-static'];
  await succeed(compiler.program, [...flags, ...sources.map((file) => join(directory, objectOf(file))), '-o', program]);
  return program;
}

/** Path of the plugin. */
export async function buildPlugin(directory: string): Promise<string> {
  const plugin = join(directory, 'count.so');
  await succeed('clang', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', sourceOf('count.c'), '-o', plugin]);
  return plugin;
}

export async function succeed(program: string, programArguments: readonly string[]): Promise<void> {
  const outcome = await runProgram(program, programArguments, { timeoutSeconds: 120 });
  if (outcome.kind === 'success') return;
  throw new Error(`${program}: ${outcome.kind === 'failure' ? outcome.stderr : outcome.kind}`);
}

/** From the sources of the engine to a program that simulates it: once for each array and state of the sources. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type ArraySize, parametersOf } from '@dropforge/convert/fpga';
import { makeFlags } from './make-flags.ts';
import { requireTool, runTool } from './run-tool.ts';
import { buildFolder, driver, hardwareSources, propertySources, root } from './sources.ts';

/** Returns the path of the simulator. Throws where Verilator is missing or finds fault. */
export function buildSimulator(array: ArraySize): string {
  // With the properties, so that every simulation checks them.
  const sources = [join(root, 'rtl/lint.vlt'), ...hardwareSources(), ...propertySources()];
  return buildFrom(`${array.name}-${digestOf(array)}`, [...parameterArguments(array), ...sources]);
}

/** `model`: sources of a module with the ports of df_gateware, and options for Verilator that belong to them. */
export function buildFrom(name: string, model: readonly string[]): string {
  const folder = join(buildFolder, name);
  const program = join(folder, 'simulate');
  if (existsSync(program)) return program;
  requireTool('verilator');
  mkdirSync(folder, { recursive: true });
  // Tests in several processes ask for the same simulator; one of them builds it and the others wait.
  runTool('flock', [
    ...[folder, 'sh', '-c', 'program=$1; shift; test -x "$program" || exec verilator "$@"', 'sh', program],
    ...['--cc', '--exe', '--build', '--top-module', 'df_gateware', '--Mdir', folder, '-o', 'simulate'],
    ...['-O3', '--x-assign', 'unique', '--x-initial', 'unique', '--assert', '-j', `${availableParallelism()}`],
    ...['-CFLAGS', `-std=c++17 -I${driver}`, ...makeFlags('-O1')],
    ...model,
    ...[join(root, 'tb/simulate.cpp'), join(root, 'tb/engine_server.cpp'), join(driver, 'df_fpga.c')],
  ]);
  return program;
}

/** What the tools say about the sources of one array. Throws with the first messages. */
export function lint(array: ArraySize): void {
  const options = ['--lint-only', '-Wall', '--top-module', 'df_gateware', ...parameterArguments(array)];
  runTool('verilator', [...options, join(root, 'rtl/lint.vlt'), ...hardwareSources()]);
}

function parameterArguments(array: ArraySize): string[] {
  return Object.entries(parametersOf(array)).map(([name, value]) => `-G${name}=${value}`);
}

function digestOf(array: ArraySize): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(array))
    .update(readFileSync(import.meta.filename));
  const driverFiles = ['df_fpga.c', 'df_fpga.h', 'df_gateware_registers.h'].map((file) => join(driver, file));
  const benchFiles = readdirSync(join(root, 'tb')).map((file) => join(root, 'tb', file));
  const sources = [...hardwareSources(), ...propertySources(), join(root, 'rtl/lint.vlt')];
  for (const path of [...sources, ...benchFiles, ...driverFiles]) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

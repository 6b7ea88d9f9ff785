/** From the benches of single modules, one file each in `bench/`, to one program that runs them side by side. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeFlags } from '../make-flags.ts';
import { requireTool, runTool } from '../run-tool.ts';
import { buildFolder, hardwareSources, root } from '../sources.ts';

const folder = join(root, 'bench');
const SUFFIX = '_tb.sv';

/** Modules that have a bench. */
export function benchNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .sort();
}

/** One program for all, since a compiler takes seconds for each. Throws where Verilator is missing or finds fault. */
export function buildBenches(): string {
  requireTool('verilator');
  const names = benchNames();
  const benches = names.map((name) => join(folder, `${name}${SUFFIX}`));
  const sources = [...hardwareSources(), ...benches];
  const target = join(buildFolder, `benches-${digestOf([...sources, join(folder, 'run.cpp'), import.meta.filename])}`);
  const program = join(target, 'benches');
  if (existsSync(program)) return program;
  mkdirSync(target, { recursive: true });
  const top = join(target, 'df_benches.sv');
  const options = join(target, 'names.h');
  writeFileSync(top, topModule(names));
  writeFileSync(options, `#define DF_BENCH_NAMES ${names.map((name) => `"${name}"`).join(', ')}\n`);
  runTool('flock', [
    ...[target, 'sh', '-c', 'program=$1; shift; test -x "$program" || exec verilator "$@"', 'sh', program],
    ...['--cc', '--exe', '--build', '--top-module', 'df_benches', '--Mdir', target, '-o', 'benches'],
    ...['-O3', '--x-assign', 'unique', '--x-initial', 'unique', '--assert', '-Wno-fatal', '-Wno-lint', '-Wno-style'],
    ...['-j', `${availableParallelism()}`, '-CFLAGS', `-O0 -std=c++17 -include ${options}`],
    ...makeFlags('-O0'),
    ...[join(root, 'rtl/lint.vlt'), ...sources, top, join(folder, 'run.cpp')],
  ]);
  return program;
}

/** Each bench counts what it has compared and what was wrong. */
function topModule(names: readonly string[]): string {
  return [
    `module df_benches (input logic clk_i, output int checks_o[0:${names.length - 1}], output int failures_o[0:${names.length - 1}]);`,
    ...names.map(
      (name, index) =>
        `  ${name}_tb ${name.replace('df_', '')} (.clk_i, .checks_o(checks_o[${index}]), .failures_o(failures_o[${index}]));`,
    ),
    'endmodule',
    '',
  ].join('\n');
}

function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 16);
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFlags } from '../../src/make-flags.ts';
import { runTool } from '../../src/run-tool.ts';
import { buildFolder } from '../../src/sources.ts';
import { boardModules, boardRoot } from './board-sources.ts';

/** Returns the path of the bench of the bridge, built once for each state of its sources. */
export function buildBridgeBench(): string {
  const sources = [...boardModules('df_axi3_'), join(boardRoot, 'tb/axi3_bench.cpp')];
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const path of sources) hash.update(readFileSync(path));
  const folder = join(buildFolder, `bridge-${hash.digest('hex').slice(0, 16)}`);
  const program = join(folder, 'bench');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  // Nothing is optimized: compiling takes longer than all the cycles.
  runTool('verilator', [
    ...['--cc', '--exe', '--build', '--top-module', 'df_axi3_bridge', '--Mdir', folder, '-o', 'bench'],
    ...['--x-assign', 'unique', '--x-initial', 'unique', '--assert', '-j', '2', '-CFLAGS', '-std=c++17'],
    ...makeFlags('-O0'),
    ...sources,
  ]);
  return program;
}

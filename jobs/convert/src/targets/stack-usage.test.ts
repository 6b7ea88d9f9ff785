import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { modelFromPlan } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emitC } from '../emit/emit-c.ts';
import { buildTarget, defaultRuntimeDirectory } from './build-target.ts';
import { sumFrames } from './stack-usage.ts';
import { targets } from './targets.ts';

const execute = promisify(execFile);
const painter = fileURLToPath(new URL('./testing/paint-stack.c', import.meta.url));
const sources = emitC(
  modelFromPlan({
    input: { height: 16, width: 16, channels: 3 },
    layers: [
      { op: 'convolution', channels: 33, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 70, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' },
      { op: 'space-to-depth', block: 2 },
      { op: 'convolution', channels: 8, kernel: 1, stride: 1, padding: 0, bits: 1, weights: 'bits' },
    ],
    classes: 10,
    seed: 1,
  }),
);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dropforge-stack-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the stack of a run', () => {
  it('is at most the sum of all frames, and known only when every frame has a fixed size', () => {
    expect(sumFrames('a.c:1:2:f\t100\tstatic\nb.c:3:4:g\t60\tstatic\n')).toBe(128 + 100 + 60 + 2 * 24);
    expect(sumFrames('a.c:1:2:f\t100\tstatic\nb.c:3:4:g\t60\tdynamic\n')).toBeUndefined();
    expect(sumFrames('')).toBeUndefined();
  });

  it('is no deeper than that when it is measured, whatever the kernels', async () => {
    const built = await buildTarget(targets.x86_64, sources, directory);
    if (built.status === 'failed') throw new Error(built.message);
    const program = join(directory, 'paint-stack');
    const include = `-I${join(defaultRuntimeDirectory, 'include')}`;
    await execute('cc', ['-O1', '-pthread', include, painter, built.archive, '-o', program]);
    const lines = (await execute(program)).stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(2);
    for (const line of lines) {
      const depth = Number(line.split(' ')[1]);
      expect(depth, line).toBeGreaterThan(100);
      expect(depth, line).toBeLessThanOrEqual(built.stackBytes ?? 0);
    }
  });

  it('holds each function once: none of them calls itself, directly or through others', async () => {
    const calls = await callsOf(join(directory, 'calls'));
    expect(calls.size).toBeGreaterThan(20);
    expect(calls.get('df_run')).toEqual(new Set(['df_run_observed']));
    const indirect = [...calls].filter(([, called]) => called.has('__indirect_call')).map(([caller]) => caller);
    // The caller's own observer, whose stack is the caller's business.
    expect(indirect).toEqual(['observe']);
    expect(findCycle(calls)).toEqual([]);
  });
});

/** Who calls whom, by GCC's account, of the runtime and a network before anything is inlined. */
async function callsOf(folder: string): Promise<Map<string, Set<string>>> {
  await cp(defaultRuntimeDirectory, folder, { recursive: true });
  await mkdir(join(folder, 'network'));
  for (const [path, text] of sources) await writeFile(join(folder, 'network', path), text);
  const kernels = (await readdir(join(folder, 'src'))).map((file) => `src/${file}`);
  const files = [...kernels, ...[...sources.keys()].map((path) => `network/${path}`)].filter((path) =>
    path.endsWith('.c'),
  );
  const flags = ['-std=c11', '-O0', '-fcallgraph-info', '-ffreestanding', '-Iinclude', '-Isrc', '-c'];
  const calls = new Map<string, Set<string>>();
  for (const file of files) {
    await execute('gcc', [...flags, file, '-o', 'object.o'], { cwd: folder });
    // Static functions are named with their files, which keeps two of one name apart.
    for (const [, caller = '', called = ''] of (await readFile(join(folder, 'object.ci'), 'utf8')).matchAll(
      /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/gm,
    ))
      calls.set(plain(caller), (calls.get(plain(caller)) ?? new Set()).add(plain(called)));
  }
  return calls;
}

function plain(name: string): string {
  return name.startsWith('network/') ? name.replace(/^.*:/, '') : name;
}

/** The functions of a cycle; none: there is no cycle. */
function findCycle(calls: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return [];
    for (const called of calls.get(name) ?? []) {
      const cycle = visit(called, [...path, name]);
      if (cycle.length > 0) return cycle;
    }
    done.add(name);
    return [];
  };
  return [...calls.keys()].map((name) => visit(name, [])).find((cycle) => cycle.length > 0) ?? [];
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, type FunctionBundle } from './bundle-functions.ts';
import { zipFunction } from './zip-function.ts';

/** A service with three functions, one of which works on images, and one with the WebAssembly kernels. */
const handler = `
import { onEvent } from './kit.ts';
import { stats } from './images.ts';
import { hello } from './words.ts';
import { readKernels } from '@dropforge/quantized-inference/node';
export const greet = onEvent(() => hello.parse('world'));
export const measure = onEvent((file) => stats(file));
export const infer = onEvent(async () => WebAssembly.validate((await readKernels()).simd));
`;
const files: Record<string, string> = {
  'handler.ts': handler,
  'kit.ts':
    'export function onEvent(step) { globalThis.made = (globalThis.made ?? 0) + 1; return async (event) => step(event); }',
  'images.ts': "import sharp from 'sharp'; sharp.cache(false); export const stats = (file) => sharp(file).stats();",
  'words.ts': "import { z } from 'zod'; export const hello = z.string().transform((name) => 'hello ' + name);",
  'package.json': '{"type": "module", "sideEffects": false}',
};
let root: string;
let bundles: FunctionBundle[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dropforge-bundles-'));
  const folder = join(root, 'services/greeter/src');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'));
  const sources = ['greet', 'measure', 'infer'].map((name) => ({
    key: name,
    handler: `services/greeter/src/handler.${name}`,
  }));
  bundles = await bundleFunctions(root, sources, join(root, 'out'));
});
afterAll(() => rm(root, { recursive: true }));

/** Loads a bundle in a process of its own, as Lambda does. */
async function load(key: string): Promise<{ names: string[]; made: number; answer: unknown }> {
  const file = join(root, 'out', key, 'index.mjs');
  const program = `const m = await import(${JSON.stringify(file)}); const names = Object.keys(m);
    console.log(JSON.stringify({ names, made: globalThis.made, answer: await (m.greet ?? m.infer)?.() }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout);
}

describe('a bundle', () => {
  it('answers by itself and holds no other function of its service', async () => {
    expect(await load('greet')).toEqual({ names: ['greet'], made: 1, answer: 'hello world' });
  });

  it('has the WebAssembly kernels in it where it reads them', async () => {
    expect(await load('infer')).toMatchObject({ answer: true });
  });

  it('names the native packages that it needs, and only then', () => {
    expect(bundles.map(({ key, handler: name, native }) => [key, name, native])).toEqual([
      ['greet', 'index.greet', []],
      ['measure', 'index.measure', ['sharp']],
      ['infer', 'index.infer', []],
    ]);
  });

  it('speaks one language', async () => {
    const { size } = await stat(join(root, 'out/greet/index.mjs'));
    expect(size).toBeLessThan(300_000);
  });

  it('has a map without the sources in it', async () => {
    const map = JSON.parse(await readFile(join(root, 'out/greet/index.mjs.map'), 'utf8'));
    expect(map.sourcesContent ?? []).toEqual([]);
    expect(map.sources.join()).toContain('services/greeter/src/words.ts');
  });

  it('of broken code names the place', async () => {
    await writeFile(join(root, 'services/greeter/src/broken.ts'), "export { none } from './missing.ts';");
    const broken = [{ key: 'broken', handler: 'services/greeter/src/broken.none' }];
    await expect(bundleFunctions(root, broken, join(root, 'out'))).rejects.toThrow(
      'services/greeter/src/broken.ts:1:21',
    );
  });
});

it('a zip has the same bytes for the same bundle', async () => {
  const [bundle] = bundles;
  if (bundle === undefined) throw new Error('no bundle');
  const file = await zipFunction(root, bundle);
  const first = await readFile(file);
  expect(dirname(file)).toBe(join(root, 'out'));
  expect(await readFile(await zipFunction(root, bundle))).toEqual(first);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepBundles } from './keep-bundles.ts';

let directory = '';
let cache = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dropforge-kept-'));
  cache = join(directory, 'cache');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (name: string, text: string) => {
  const file = join(directory, name);
  writeFileSync(file, text);
  // Written long ago: what changes while it is bundled is bundled again.
  utimesSync(file, 1, 1);
  return file;
};
const bundleOf = async (handler: string) => (await keepBundles([handler], cache)).files.get(handler) ?? '';

it('bundles the same sources once, and changed ones again, however deep the change', async () => {
  write('shared.ts', "export const greeting: string = 'hello';");
  const handler = write('one.ts', "import { greeting } from './shared.ts'; export const say = () => greeting;");
  const first = await bundleOf(handler);
  expect((await import(first)).say()).toBe('hello');
  writeFileSync(first, 'kept');
  expect(await bundleOf(handler)).toBe(first);
  expect(readFileSync(first, 'utf8')).toBe('kept');

  write('shared.ts', "export const greeting: string = 'good day';");
  const second = await bundleOf(handler);
  expect((await import(second)).say()).toBe('good day');
  write('shared.ts', "export const greeting: string = 'hello';");
  expect(await bundleOf(handler)).toBe(first);
});

it('gives all who ask at the same time the same, and leaves nothing half done behind', async () => {
  const handler = write('one.ts', 'export const say = () => 1;');
  const [first, ...others] = await Promise.all([bundleOf(handler), bundleOf(handler), bundleOf(handler)]);
  expect(new Set([first, ...others]).size).toBe(1);
  expect((await import(first)).say()).toBe(1);
  expect(readdirSync(cache).filter((name) => name.startsWith('draft'))).toEqual([]);
});

it('removes what nobody has used for long', async () => {
  const handler = write('one.ts', 'export const say = () => 1;');
  const old = dirname(await bundleOf(handler));
  utimesSync(old, 1, 1);
  write('one.ts', 'export const say = () => 2;');
  await bundleOf(handler);
  expect(readdirSync(cache).map((name) => join(cache, name))).not.toContain(old);
});

it('rejects a handler that does not parse', async () => {
  await expect(keepBundles([write('broken.ts', 'export const handler = (')], cache)).rejects.toThrow('broken.ts');
});

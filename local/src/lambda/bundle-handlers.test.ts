import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleHandlers } from './bundle-handlers.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dropforge-handlers-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

it('bundles each handler once, whatever number of functions it has', async () => {
  const shared = write('shared.ts', 'export const greeting: string = "hello";');
  const one = write('one.ts', "import { greeting } from './shared.ts'; export const say = () => greeting;");
  const two = write('two.ts', "import { greeting } from './shared.ts'; export const shout = () => greeting + '!';");
  const { files, sources } = await bundleHandlers([one, two, one], join(directory, 'out'));
  expect([...files.keys()]).toEqual([one, two]);
  expect((await import(files.get(one) ?? '')).say()).toBe('hello');
  expect((await import(files.get(two) ?? '')).shout()).toBe('hello!');
  expect([...sources].sort()).toEqual([one, shared, two].sort());
});

it('rejects a handler that does not parse', async () => {
  const broken = write('broken.ts', 'export const handler = (');
  await expect(bundleHandlers([broken], join(directory, 'out'))).rejects.toThrow('broken.ts');
});

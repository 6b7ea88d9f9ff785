import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from './object-store.ts';

let root: string;
const at = (...parts: string[]) => join(root, ...parts);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dropforge-objects-'));
  for (const name of ['build/src', 'bin']) await mkdir(at(name), { recursive: true });
  await copyFile('/bin/true', at('bin/compiler'));
  await writeFile(at('build/src/sum.c'), '#include "sum.h"\n');
  await writeFile(at('build/src/sum.h'), '');
  await writeFile(at('build/src/sum.o'), 'object');
  await writeFile(at('build/src/sum.su'), 'frames');
});
afterEach(() => rm(root, { recursive: true }));

async function open(flags = ['-O3']) {
  const store = await openStore(at('kept'), at('build'), { program: 'compiler', searchPath: at('bin'), flags });
  if (store === undefined) throw new Error('The compiler was not found.');
  return store;
}

describe('an object', () => {
  it('comes back with its frames', async () => {
    await (await open()).keep('src/sum.c');
    for (const ending of ['o', 'su']) await rm(at(`build/src/sum.${ending}`));
    expect(await (await open()).take('src/sum.c')).toBe(true);
    expect(await readFile(at('build/src/sum.o'), 'utf8')).toBe('object');
    expect(await readFile(at('build/src/sum.su'), 'utf8')).toBe('frames');
    expect(await readdir(at('kept'))).toHaveLength(2);
  });

  it('without frames comes back without them', async () => {
    await rm(at('build/src/sum.su'));
    await (await open()).keep('src/sum.c');
    expect(await (await open()).take('src/sum.c')).toBe(true);
    expect(await readdir(at('build/src'))).not.toContain('sum.su');
  });

  it.each<[string, () => Promise<void>]>([
    ['source', () => appendFile(at('build/src/sum.c'), ' ')],
    ['header', () => appendFile(at('build/src/sum.h'), ' ')],
    ['further header', () => writeFile(at('build/other.h'), '')],
    ['compiler', () => utimes(at('bin/compiler'), 1, 1)],
  ])('of another %s is another one', async (_, change) => {
    await (await open()).keep('src/sum.c');
    await change();
    expect(await (await open()).take('src/sum.c')).toBe(false);
  });

  it('of other flags is another one', async () => {
    await (await open()).keep('src/sum.c');
    expect(await (await open(['-O1'])).take('src/sum.c')).toBe(false);
  });
});

import { chmod, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { targets } from './targets.ts';

let root: string;
const at = (path: string) => join(root, path);
const compiler = () => ({ program: at('compiler'), path: at('compiler'), targetArguments: [], linkArguments: [] });

/** A compiler whose objects are the header and the source, and which counts its runs. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dropforge-objects-'));
  const script = `#!/bin/sh
echo run >> ${at('runs')}
while [ "$1" != -c ]; do shift; done
cat header.h "$2" > "$4"
echo report > "\${4%.o}.su"
`;
  await writeFile(at('compiler'), script);
  await chmod(at('compiler'), 0o755);
  await writeFile(at('runs'), '');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Compiles in a new directory. Returns the object and the report, and whether the compiler ran. */
async function build({ source = 'source', header = 'header', flags = [] as string[], cacheDirectory = at('cache') }) {
  const directory = await mkdtemp(at('build-'));
  await writeFile(join(directory, 'a.c'), source);
  await writeFile(join(directory, 'header.h'), header);
  await writeFile(at('runs'), '');
  const options = { directory, includeDirectories: [], freestanding: true, searchPath: '/usr/bin:/bin' };
  expect(
    await compile(targets.x86_64, compiler(), ['a.c'], { ...options, extraFlags: flags, cacheDirectory }),
  ).toBeNull();
  const files = await Promise.all(['a.o', 'a.su'].map((file) => readFile(join(directory, file), 'utf8')));
  return { files, ran: (await readFile(at('runs'), 'utf8')) !== '' };
}

describe('the cache of objects', () => {
  it('spares the compiler what it has compiled before, in whatever directory', async () => {
    const first = await build({});
    expect(first).toEqual({ files: ['headersource', 'report\n'], ran: true });
    expect(await build({})).toEqual({ ...first, ran: false });
  });

  it.each([
    ['source', { source: 'other' }],
    ['header', { header: 'other' }],
    ['flag', { flags: ['-DOTHER'] }],
  ])('compiles anew for another %s', async (_, change) => {
    const first = await build({});
    const other = await build(change);
    expect(other.ran).toBe(true);
    expect(await build({})).toEqual({ ...first, ran: false });
    expect(await build(change)).toEqual({ ...other, ran: false });
  });

  it('compiles anew with another compiler', async () => {
    await build({});
    await writeFile(at('compiler'), `${await readFile(at('compiler'), 'utf8')}# newer\n`);
    expect((await build({})).ran).toBe(true);
  });

  it('forgets what nobody has asked for in a week', async () => {
    await build({});
    const [entry = ''] = await readdir(at('cache'));
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(at(`cache/${entry}`), longAgo, longAgo);
    await build({ source: 'other' });
    expect(await readdir(at('cache'))).toHaveLength(1);
    expect((await build({})).ran).toBe(true);
  });

  it('compiles where the cache is damaged or cannot be written', async () => {
    const first = await build({});
    const [entry = ''] = await readdir(at('cache'));
    await rm(at(`cache/${entry}/object.o`));
    expect(await build({})).toEqual(first);
    expect(await build({})).toEqual({ ...first, ran: false });
    await writeFile(at('file'), '');
    expect(await build({ cacheDirectory: at('file/cache') })).toEqual(first);
  });
});

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FetchPackage, nativeLibraries } from './native-libraries.ts';

const names = ['@img/sharp-linux-arm64', '@img/sharp-libvips-linux-arm64'];
let root: string;
let fetched: string[];
const archives = new Map<string, Buffer>();

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dropforge-native-'));
  fetched = [];
  for (const name of names) archives.set(`${name}@1.0.0`, await archive(name));
  const packages = Object.fromEntries(
    names.map((name) => [
      `node_modules/${name}`,
      { version: '1.0.0', integrity: digest(archives.get(`${name}@1.0.0`)) },
    ]),
  );
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }));
});
afterEach(() => rm(root, { recursive: true }));

/** The registry. */
const fetch: FetchPackage = async (specifier, folder) => {
  fetched.push(specifier);
  const file = `${specifier.replaceAll(/[@/]/g, '_')}.tgz`;
  await writeFile(join(folder, file), archives.get(specifier) ?? '');
  return file;
};
const offline: FetchPackage = () => Promise.reject(new Error('getaddrinfo ENOTFOUND registry.npmjs.org'));

describe('libraries for Lambda', () => {
  it('are the files that the program loads, where it looks for them', async () => {
    const entries = await nativeLibraries(root, 'sharp', fetch);
    expect(entries.map(({ path }) => path)).toEqual(
      names.flatMap((name) => [`node_modules/${name}/package.json`, `node_modules/${name}/lib/it.so`]),
    );
    expect(String(entries[1]?.content)).toBe(`library of ${names[0]}`);
  });

  it('are fetched once', async () => {
    await nativeLibraries(root, 'sharp', fetch);
    expect(await nativeLibraries(root, 'sharp', offline)).toHaveLength(4);
    expect(fetched).toHaveLength(2);
  });

  it('are fetched again when the file is not whole', async () => {
    await nativeLibraries(root, 'sharp', fetch);
    await writeFile(join(root, '.build/native/img-sharp-linux-arm64-1.0.0.tgz'), 'half');
    await nativeLibraries(root, 'sharp', fetch);
    expect(fetched.toSorted()).toEqual([...names, names[0]].map((name) => `${name}@1.0.0`).sort());
  });

  it('that are not what the lock file says are not packaged', async () => {
    archives.set(`${names[0]}@1.0.0`, await archive('somebody else'));
    await expect(nativeLibraries(root, 'sharp', fetch)).rejects.toMatchObject({ code: 'LIBRARY_CHANGED' });
  });

  it('that cannot be had say what to do', async () => {
    await expect(nativeLibraries(root, 'sharp', offline)).rejects.toMatchObject({
      code: 'LIBRARY_UNAVAILABLE',
      action: expect.stringContaining('npm run package'),
    });
  });
});

async function archive(name: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'package/package.json' }, '{}');
  tar.entry({ name: 'package/README.md' }, 'for people');
  tar.entry({ name: 'package/lib/it.so' }, `library of ${name}`);
  tar.entry({ name: 'package/lib/include/it.h' }, 'for compilers');
  tar.finalize();
  return gzipSync(await buffer(tar));
}

function digest(content: Buffer | undefined): string {
  return `sha512-${createHash('sha512')
    .update(content ?? '')
    .digest('base64')}`;
}

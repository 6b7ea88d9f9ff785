/** Puts a bundle into the zip that Lambda takes: the same bytes for the same sources, so that nothing is updated in vain. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { FunctionBundle } from './bundle-functions.ts';
import { nativeLibraries, type ZipEntry } from './native-libraries.ts';

/** Writes `<bundle's folder>.zip` and returns its path. */
export async function zipFunction(root: string, { folder, native }: FunctionBundle): Promise<string> {
  const bundled = ['index.mjs', 'index.mjs.map'].map(async (path) => ({
    path,
    content: await readFile(join(folder, path)),
  }));
  const libraries = await Promise.all(native.map((name) => nativeLibraries(root, name)));
  const file = `${folder}.zip`;
  await writeZip(file, [...(await Promise.all(bundled)), ...libraries.flat()]);
  return file;
}

/** A zip knows no time before this one, and ours has no other. */
const beginning = new Date(1980, 0, 1);

export async function writeZip(file: string, entries: readonly ZipEntry[]): Promise<void> {
  const zip = new ZipFile();
  for (const { path, content } of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    zip.addBuffer(content, path, { mtime: beginning, mode: 0o100644 });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

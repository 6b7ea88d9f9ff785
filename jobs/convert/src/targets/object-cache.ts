/**
 * Objects of earlier builds, by a digest of all that they were made from: the compiler, its arguments, the source and every header
 * in the build directory. The runtime is the same for every network, and to compile it takes longer than all else of a build.
 * Where the cache cannot be read or written, everything is compiled.
 */
import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const defaultCacheDirectory = fileURLToPath(new URL('../../.build/objects', import.meta.url));

/** What a compilation of one source leaves beside it; a report of the stack only where there is a function. */
const extensions = ['su', 'o'] as const;
const KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000;

export interface ObjectCache {
  /** Where the objects of a source lie, if somebody has compiled it. `source`: relative to the build directory. */
  entryOf(source: string, programArguments: readonly string[]): Promise<string>;
  /** Brings an entry's files beside the source. False: there is none. */
  restore(entry: string, source: string): Promise<boolean>;
  keep(entry: string, source: string): Promise<void>;
}

/** `program`: path of the compiler, which is known by its file's size and date. */
export async function openObjectCache(
  cacheDirectory: string,
  buildDirectory: string,
  program: string,
): Promise<ObjectCache> {
  const common = createHash('sha256');
  const path = await realpath(program);
  const { size, mtimeMs } = await stat(path);
  common.update(`${path} ${size} ${mtimeMs}\n`);
  const files = await readdir(buildDirectory, { recursive: true });
  for (const header of files.filter((file) => file.endsWith('.h')).sort())
    common.update(`${header}\n`).update(await readFile(join(buildDirectory, header)));
  let forgetting: Promise<void> | undefined;
  return {
    async entryOf(source, programArguments) {
      const digest = common.copy().update(`${JSON.stringify(programArguments)}\n`);
      return join(cacheDirectory, digest.update(await readFile(join(buildDirectory, source))).digest('hex'));
    },
    async restore(entry, source) {
      try {
        await copyObject(entry, 'object', buildDirectory, baseOf(source));
        await utimes(entry, new Date(), new Date());
        return true;
      } catch {
        // A damaged entry stands in the way of a whole one.
        await rm(entry, { recursive: true, force: true }).catch(() => {});
        return false;
      }
    },
    async keep(entry, source) {
      const unfinished = join(cacheDirectory, `.${randomUUID()}`);
      try {
        await mkdir(unfinished, { recursive: true });
        await copyObject(buildDirectory, baseOf(source), unfinished, 'object');
        await rename(unfinished, entry);
      } catch {
        // Another build was first, or nobody may write here.
        await rm(unfinished, { recursive: true, force: true }).catch(() => {});
      }
      forgetting ??= forgetUnused(cacheDirectory);
      await forgetting;
    },
  };
}

function baseOf(source: string): string {
  return source.replace(/\.c$/, '');
}

/** The object comes last: an entry that goes away meanwhile has none, and the report is then not missed. */
async function copyObject(from: string, fromBase: string, to: string, toBase: string): Promise<void> {
  for (const extension of extensions) {
    const copied = copyFile(join(from, `${fromBase}.${extension}`), join(to, `${toBase}.${extension}`));
    await (extension === 'o' ? copied : copied.catch(() => {}));
  }
}

/** Removes what no build has asked for in a week. Each entry goes at once, under another name. */
async function forgetUnused(cacheDirectory: string): Promise<void> {
  const names = await readdir(cacheDirectory).catch(() => []);
  for (const name of names) {
    const entry = join(cacheDirectory, name);
    const unused = Date.now() - (await stat(entry).then(({ mtimeMs }) => mtimeMs, Date.now)) > KEPT_MILLISECONDS;
    if (!unused) continue;
    const doomed = join(cacheDirectory, `.${randomUUID()}`);
    await rename(entry, doomed).catch(() => {});
    await rm(doomed, { recursive: true, force: true }).catch(() => {});
  }
}

/** Objects of the runtime, which are the same for every network: compiled once for each state of all that they come from. */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from './find-compiler.ts';

export const defaultObjectDirectory = fileURLToPath(new URL('../../.build/objects', import.meta.url));

export interface ObjectStore {
  /** Puts the object of a source beside it, and its report of frames. False: there is none yet. */
  take(source: string): Promise<boolean>;
  /** Keeps what the compiler has written beside a source. Where the folder cannot be written, nothing is kept. */
  keep(source: string): Promise<void>;
}

/**
 * `directory`: holds sources and headers. An object is known by its source, by every header that is there, by the flags and by
 * the compiler's program. Undefined where that is not installed. The C library's headers count as part of the compiler: Debian
 * changes nothing in them that an object could tell.
 */
export async function openStore(
  folder: string,
  directory: string,
  compiler: { readonly program: string; readonly searchPath: string; readonly flags: readonly string[] },
): Promise<ObjectStore | undefined> {
  const path = await findProgram(compiler.program, compiler.searchPath);
  if (path === null) return undefined;
  const { size, mtimeMs } = await stat(path);
  const state = createHash('sha256').update(JSON.stringify([path, size, mtimeMs, compiler.flags]));
  for (const header of (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.h')).sort())
    state.update(`\0${header}\0`).update(await readFile(join(directory, header)));
  const keptAs = async (source: string) => {
    const text = await readFile(join(directory, source));
    return join(folder, state.copy().update(`\0${source}\0`).update(text).digest('hex'));
  };
  const besides = (source: string, ending: string) => join(directory, source.replace(/\.c$/, ending));
  return {
    async take(source) {
      const kept = await keptAs(source);
      if (!(await copied(`${kept}.o`, besides(source, '.o')))) return false;
      await copied(`${kept}.su`, besides(source, '.su'));
      return true;
    },
    async keep(source) {
      const kept = await keptAs(source);
      try {
        // The object last, since it says that all of it is there.
        for (const ending of ['.su', '.o']) await place(besides(source, ending), `${kept}${ending}`);
      } catch (error) {
        if (!['EACCES', 'EROFS', 'ENOSPC'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error; // of node:fs
      }
    },
  };
}

/** Whole or not at all: other processes look for it. */
async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const unfinished = `${to}.${crypto.randomUUID()}`;
  try {
    if (await copied(from, unfinished)) await rename(unfinished, to);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** False: there is nothing to copy. */
async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // as node:fs rejects
    throw error;
  }
}

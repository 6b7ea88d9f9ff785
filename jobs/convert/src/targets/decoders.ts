/**
 * Debian's static libjpeg-turbo, libpng and zlib for the runner, one copy for each target, where
 * `jobs/convert/fetch-decoders` has put them.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from './target.ts';

export const defaultDecoderDirectory = fileURLToPath(new URL('../../.build/decoders', import.meta.url));

/** Relative to a build directory in which the decoders were laid out. */
export const decoderIncludeFlags = ['-isystem', 'decoders/include'];
export const decoderLibraries = [...['jpeg', 'png16', 'z'].map((name) => `decoders/lib/lib${name}.a`), '-lm'];

/** Copies the target's decoders into a build directory. False: nobody has fetched them. */
export async function layOutDecoders(target: Target, directory: string, decoders: string): Promise<boolean> {
  try {
    await cp(join(decoders, target.processor), join(directory, 'decoders'), { recursive: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // as node:fs rejects
    throw error;
  }
}

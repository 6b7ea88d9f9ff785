import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a power cut leaves the old or the new content, never a mixture: written beside it, synced,
 * renamed, and the directory synced, because a rename that is not on the disk has not happened.
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  await withFile(draft, 'w', async (file) => {
    await file.writeFile(content);
    await file.sync();
  });
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** Puts a directory's names on the disk. */
export async function syncDirectory(path: string): Promise<void> {
  await withFile(path, 'r', (directory) => directory.sync());
}

/** Opens, uses, closes. */
export async function withFile<Result>(path: string, flags: string, use: (file: FileHandle) => Promise<Result>) {
  const file = await open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

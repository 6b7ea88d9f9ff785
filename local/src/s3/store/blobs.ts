/**
 * The bytes of objects and parts, in files that never change once they have their name.
 *
 *     <directory>/incoming/<blob>        being written; worthless after a crash
 *     <directory>/blobs/<2 hex>/<blob>   whole and on the disk
 *
 * A blob's name is random, so no key of an object ever becomes part of a path. The index says which blobs count: one that
 * it does not mention was left by a crash, and the next start removes it.
 */

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface BlobWriter {
  readonly blob: string;
  write(bytes: Buffer): Promise<void>;
  /** Makes the blob durable under its name. */
  keep(): Promise<void>;
  /** Removes what was written, also after a failed `keep`. */
  discard(): Promise<void>;
}

/** A stretch of one blob; offsets in bytes, the end is exclusive. */
export interface BlobSlice {
  readonly blob: string;
  readonly start: number;
  readonly end: number;
}

export interface Blobs {
  create(): Promise<BlobWriter>;
  /** The bytes of the slices, one after the other. Blobs that are removed meanwhile stay readable to the end. */
  read(slices: readonly BlobSlice[]): AsyncIterable<Buffer>;
  remove(blobs: readonly string[]): Promise<void>;
  /** Removes what a crash left. */
  sweep(isReferred: (blob: string) => boolean): Promise<void>;
}

const READ_BYTES = 256 * 1024;

export async function openBlobs(directory: string): Promise<Blobs> {
  const incoming = join(directory, 'incoming');
  const kept = join(directory, 'blobs');
  const folders = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await mkdir(kept, { recursive: true });
  await Promise.all(folders.map((folder) => mkdir(join(kept, folder), { recursive: true })));
  const readers = new Map<string, number>();
  const doomed = new Set<string>();

  const folderOf = (blob: string) => join(kept, blob.slice(0, 2));
  const pathOf = (blob: string) => join(folderOf(blob), blob);

  function release(blobs: readonly string[]): void {
    for (const blob of blobs) {
      const count = (readers.get(blob) ?? 1) - 1;
      if (count > 0) readers.set(blob, count);
      else readers.delete(blob);
      // Nobody waits for this removal. If it fails, the next start's sweep does it.
      if (count === 0 && doomed.delete(blob)) rm(pathOf(blob), { force: true }).catch(() => undefined);
    }
  }

  return {
    create: () => createWriter(incoming, folderOf, pathOf),
    read(slices) {
      const blobs = slices.map(({ blob }) => blob);
      for (const blob of blobs) readers.set(blob, (readers.get(blob) ?? 0) + 1);
      return readSlices(slices, pathOf, () => release(blobs));
    },
    async remove(blobs) {
      for (const blob of blobs) {
        if (readers.has(blob)) doomed.add(blob);
        else await rm(pathOf(blob), { force: true });
      }
    },
    async sweep(isReferred) {
      for (const folder of folders) {
        const orphans = (await readdir(join(kept, folder))).filter((blob) => !isReferred(blob));
        await Promise.all(orphans.map((blob) => rm(join(kept, folder, blob), { force: true, recursive: true })));
      }
    },
  };
}

async function createWriter(
  incoming: string,
  folderOf: (blob: string) => string,
  pathOf: (blob: string) => string,
): Promise<BlobWriter> {
  const blob = randomBytes(16).toString('hex');
  const path = join(incoming, blob);
  const file = await open(path, 'wx');
  let isKept = false;
  return {
    blob,
    async write(bytes) {
      for (let offset = 0; offset < bytes.length; ) {
        offset += (await file.write(bytes, offset)).bytesWritten;
      }
    },
    async keep() {
      await file.sync();
      await file.close();
      await rename(path, pathOf(blob));
      isKept = true;
      await syncFolder(folderOf(blob)); // until then a power cut may forget the name
    },
    async discard() {
      await file.close();
      await rm(isKept ? pathOf(blob) : path, { force: true });
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Reads the slices in order. `done` runs once, also when a reader stops early or never starts. */
function readSlices(
  slices: readonly BlobSlice[],
  pathOf: (blob: string) => string,
  done: () => void,
): AsyncIterable<Buffer> {
  let isDone = false;
  const finish = () => {
    if (!isDone) done();
    isDone = true;
  };
  async function* generate(): AsyncGenerator<Buffer> {
    try {
      for (const { blob, start, end } of slices) {
        if (end <= start) continue;
        const stream = createReadStream(pathOf(blob), { start, end: end - 1, highWaterMark: READ_BYTES });
        for await (const piece of stream) yield piece;
      }
    } finally {
      finish();
    }
  }
  const generator = generate();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => generator.next(),
      return: async () => {
        finish(); // a generator that was never started does not run its `finally`
        await generator.return(undefined);
        return { done: true, value: undefined };
      },
    }),
  };
}

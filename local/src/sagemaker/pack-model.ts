/** Packs a model folder as SageMaker does: `model.tar.gz` with the folder's contents at the root. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { filesBelow, nameBelow } from './transfer.ts';

/** Returns the number of files; with none, no archive is worth keeping. */
export async function packModel(folder: string, archive: string): Promise<number> {
  const files = await filesBelow(folder);
  const stream = pack();
  // Both ends can fail, and each must end the other: a full disk the reading, a file that changes the writing.
  await Promise.all([
    pipeline(stream, createGzip({ level: 1 }), createWriteStream(archive)),
    fill(stream, folder, files).catch((error: Error) => {
      stream.destroy(error);
      throw error;
    }),
  ]);
  return files.length;
}

async function fill(stream: Pack, folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const { size, mtime } = await stat(file);
    await pipeline(createReadStream(file), stream.entry({ name: nameBelow(folder, file), size, mtime }));
  }
  stream.finalize();
}

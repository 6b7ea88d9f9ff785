/** Packs a model folder as SageMaker does: `model.tar.gz` with the folder's contents at the root. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { filesBelow } from './transfer.ts';

/** Returns the number of files; with none, no archive is worth keeping. */
export async function packModel(folder: string, archive: string): Promise<number> {
  const files = await filesBelow(folder);
  const stream = pack();
  const written = pipeline(stream, createGzip({ level: 1 }), createWriteStream(archive));
  for (const file of files) {
    const { size, mtime } = await stat(file);
    const entry = stream.entry({ name: relative(folder, file).split(sep).join('/'), size, mtime });
    await pipeline(createReadStream(file), entry);
  }
  stream.finalize();
  await written;
  return files.length;
}

import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RandomAccessSource } from './ports.ts';

/** A local file as a source. The file is opened for each read, so nothing needs closing. Throws what `stat` throws. */
export async function openFileSource(path: string): Promise<RandomAccessSource> {
  const { size } = await stat(path);
  return {
    name: basename(path),
    size,
    async read(start, end) {
      const file = await open(path);
      try {
        const bytes = Buffer.allocUnsafe(end - start);
        let length = 0;
        while (length < bytes.length) {
          const { bytesRead } = await file.read(bytes, length, bytes.length - length, start + length);
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was being read`);
          length += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
    stream: (start = 0) => createReadStream(path, { start, highWaterMark: 256 * 1024 }),
  };
}

import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { CliError } from '../cli-error.ts';
import type { FolderFile } from './survey-folder.ts';

const SMALL_BYTES = 4 * 1024 * 1024;

/**
 * The files as a tar archive, streamed: no more than one small file is in memory at a time. Names, sizes and contents
 * alone decide the bytes: owners, times and modes are left out.
 */
export function packFolder(files: readonly FolderFile[]): Readable {
  const archive = pack();
  fill(archive, files).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  // tar-stream has streams of its own kind; S3's client knows Node's.
  return Readable.from(archive, { objectMode: false });
}

/** Bytes of the archive, a little more when names need extended headers; for progress. */
export function estimateTarBytes(files: readonly FolderFile[]): number {
  return files.reduce((sum, { bytes }) => sum + 512 + Math.ceil(bytes / 512) * 512, 1_024);
}

async function fill(archive: ReturnType<typeof pack>, files: readonly FolderFile[]): Promise<void> {
  for (const { name, path, bytes } of files) {
    if (archive.destroyed) return;
    const header = { name, size: bytes, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 };
    const file = await open(path);
    try {
      if ((await file.stat()).size !== bytes) throw changed(path);
      if (bytes <= SMALL_BYTES) {
        const content = await file.readFile();
        if (content.length !== bytes) throw changed(path);
        await new Promise<void>((resolve, reject) => {
          archive.entry(header, content, (error) => (error ? reject(error) : resolve()));
        });
      } else await pipeline(file.createReadStream({ autoClose: false, end: bytes - 1 }), archive.entry(header));
    } finally {
      await file.close();
    }
  }
}

function changed(where: string): CliError {
  return new CliError('conflict', 'FILE_CHANGED', 'A file changed while it was being sent.', {
    where,
    action: 'Drop the folder again when nothing writes into it.',
  });
}

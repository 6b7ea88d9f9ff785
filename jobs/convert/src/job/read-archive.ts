import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { MAXIMUM_ONNX_BYTES } from '../frontend/read-onnx.ts';
import { JobFailure } from './job-failure.ts';

/** Files of the trainer's archive that the converter reads, with the most bytes that each may have. */
const WANTED: ReadonlyMap<string, number> = new Map([
  ['model.onnx', MAXIMUM_ONNX_BYTES],
  ['metrics.json', 16 * 1024 * 1024],
  ['evaluation/evaluation.json', 64 * 1024],
  ['evaluation/images.u8', 2 ** 30],
  ['evaluation/labels.u16', 2 ** 24],
]);

export interface ArchiveLimits {
  /** Entries of any kind. */
  readonly entries: number;
  /** Bytes after decompression, tar headers and unread entries included. */
  readonly bytes: number;
}

const LIMITS: ArchiveLimits = { entries: 4096, bytes: 2 * 2 ** 30 };

/**
 * Unpacks the wanted files of `model.tar.gz` into `directory` under their own fixed names, streaming.
 * The archive is hostile: no name of it reaches the file system, links and devices are refused, and so are
 * names that leave the archive, repeated files, and more entries or bytes than `limits`. Returns what was found.
 */
export async function readModelArchive(
  path: string,
  directory: string,
  limits: ArchiveLimits = LIMITS,
): Promise<ReadonlySet<string>> {
  await stat(path).catch(() => {
    throw refused('ARCHIVE_MISSING', 'there is no model.tar.gz in the model channel');
  });
  const found = new Set<string>();
  const entries = extract();
  const unpacking = pipeline(createReadStream(path), createGunzip(), byteLimit(limits.bytes), entries);
  // An entry that is cut short neither ends nor fails by itself: what fails above it must stop its copy.
  const broken = new AbortController();
  unpacking.catch((error: unknown) => broken.abort(error));
  try {
    let count = 0;
    for await (const entry of entries) {
      if (++count > limits.entries) throw refused('ARCHIVE_TOO_LARGE', `it has more than ${limits.entries} entries`);
      const name = safeName(entry.header);
      const maximum = name === undefined ? undefined : WANTED.get(name);
      if (name === undefined || maximum === undefined) {
        entry.resume();
        continue;
      }
      if (found.has(name)) throw refused('ARCHIVE_INVALID', `${name} occurs twice`);
      if ((entry.header.size ?? 0) > maximum) throw refused('ARCHIVE_TOO_LARGE', `${name} exceeds ${maximum} bytes`);
      found.add(name);
      const target = join(directory, name);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(entry, createWriteStream(target, { flags: 'wx' }), { signal: broken.signal });
    }
    await unpacking;
  } catch (error) {
    entries.destroy();
    await unpacking.catch(() => undefined);
    throw archiveError(error instanceof Error && error.name === 'AbortError' ? broken.signal.reason : error);
  }
  return found;
}

/** The entry's name without a leading `./`; undefined for a directory. Refuses every other kind and every escape. */
function safeName({ name, type }: Header): string | undefined {
  const clean = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  const escapes = clean.startsWith('/') || /[\\\0]/.test(clean) || clean.split('/').includes('..');
  if (escapes) throw refused('ARCHIVE_INVALID', `the name ${JSON.stringify(clean.slice(0, 100))} leaves the archive`);
  if (type === 'directory') return undefined;
  if (type !== 'file' && type !== 'contiguous-file') {
    throw refused('ARCHIVE_INVALID', `${JSON.stringify(clean.slice(0, 100))} is a ${type ?? 'special file'}`);
  }
  return clean;
}

function byteLimit(maximum: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maximum) done(refused('ARCHIVE_TOO_LARGE', `it unpacks to more than ${maximum} bytes`));
      else done(null, chunk);
    },
  });
}

/** Faults of gzip and tar are the archive's; faults of the disk are not. */
function archiveError(error: unknown): unknown {
  if (error instanceof JobFailure || !(error instanceof Error)) return error;
  if ('syscall' in error) return error;
  return refused('ARCHIVE_INVALID', `it is not a whole gzip-compressed tar archive (${error.message})`);
}

function refused(code: string, what: string): JobFailure {
  return new JobFailure(
    'data',
    code,
    `The model archive cannot be used: ${what}`,
    'Give the model.tar.gz that the training job wrote.',
  );
}

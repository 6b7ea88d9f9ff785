import { pipeline, Transform } from 'node:stream';
import type { Gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { DropRefused, UnreadableEntry } from '../findings.ts';
import { formatBytes, type Limits } from '../limits.ts';
import type { DropEntry, DropReader, EntryKind, RandomAccessSource } from '../ports.ts';
import { Budget } from './budget.ts';
import { decodeUtf8 } from './path.ts';

/**
 * Reads a tar (v7, ustar, pax, GNU long names) front to back, each pass from the start; `createGunzip` reads .tar.gz.
 * An entry's content must be read before the next entry is asked for; unread content is skipped.
 */
export function openTar(
  source: RandomAccessSource,
  limits: Limits,
  createGunzip?: (options: object) => Gunzip,
): DropReader {
  return {
    name: source.name,
    kind: createGunzip === undefined ? 'tar' : 'tar.gz',
    bytes: source.size,
    entries: () => readEntries(source, limits, createGunzip?.({ chunkSize: 128 * 1024 })),
  };
}

async function* readEntries(
  source: RandomAccessSource,
  limits: Limits,
  gunzip: Gunzip | undefined,
): AsyncGenerator<DropEntry> {
  const budget = new Budget(source.name, source.size, limits);
  const packed = source.stream();
  let sourceError: Error | undefined;
  packed.on('error', (error) => {
    sourceError = error;
  });
  // Names are taken as bytes and decoded here: as UTF-8, two broken names could become one.
  const options: object = { filenameEncoding: 'latin1', allowUnknownFormat: true }; // documented, but not in its types
  const tar = extract(options);
  const ignoreHere = () => undefined; // the loop below sees every error through `tar`
  if (gunzip === undefined) pipeline(packed, tar, ignoreHere);
  else pipeline(packed, gunzip, meter(budget), tar, ignoreHere);
  let index = 0;
  try {
    for await (const stream of tar) {
      const { header } = stream;
      const { size } = header;
      budget.declare(size);
      if (gunzip === undefined && size > source.size) {
        throw new DropRefused(
          'ARCHIVE_DAMAGED',
          header.name,
          `an entry declares ${formatBytes(size)}, the archive has ${formatBytes(source.size)}`,
        );
      }
      yield {
        index,
        ...decodeName(header),
        kind: kindOf(header.type),
        size,
        read: () => readContent(stream as AsyncIterable<Buffer>, size, limits), // without an encoding it yields buffers
      };
      stream.resume();
      index += 1;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    if (error instanceof DropRefused) throw error;
    const detail = `${(error as Error).message.toLowerCase()} after ${index.toLocaleString('en')} entries`; // tar-stream and zlib throw only Error
    throw new DropRefused('ARCHIVE_DAMAGED', source.name, detail);
  } finally {
    packed.destroy();
  }
}

/** Counts what really comes out of gunzip: a header's declared size cannot be trusted to be all there is. */
function meter(budget: Budget): Transform {
  let unpacked = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length;
      try {
        budget.checkTotal(unpacked, 'unpacks to');
        done(null, chunk);
      } catch (error) {
        done(error as Error); // checkTotal throws DropRefused only
      }
    },
  });
}

async function readContent(stream: AsyncIterable<Buffer>, size: number, limits: Limits): Promise<Buffer> {
  if (size > limits.fileBytes) {
    throw new UnreadableEntry('FILE_TOO_LARGE', `${formatBytes(size)}, the limit is ${formatBytes(limits.fileBytes)}`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  // One chunk is a view of a large read buffer; a copy lets that buffer go.
  return Buffer.concat(chunks);
}

/** A pax name is UTF-8 by definition; any other name is bytes, kept here as latin1. */
function decodeName(header: Header): { path: string; isUtf8: boolean } {
  if (typeof header.pax === 'object' && header.pax !== null && 'path' in header.pax)
    return { path: header.name, isUtf8: !header.name.includes('\uFFFD') };
  const path = decodeUtf8(Buffer.from(header.name, 'latin1'));
  return path === undefined ? { path: header.name, isUtf8: false } : { path, isUtf8: true };
}

function kindOf(type: Header['type']): EntryKind {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file';
    case 'directory':
      return 'directory';
    case 'symlink':
      return 'symlink';
    case 'link':
      return 'hardlink';
    default:
      return 'other';
  }
}

import { crc32, inflateRawSync } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { DropRefused, UnreadableEntry } from '../findings.ts';
import { formatBytes, type Limits } from '../limits.ts';
import type { DropEntry, DropReader, EntryKind, RandomAccessSource } from '../ports.ts';
import { Budget } from './budget.ts';
import { decodeUtf8 } from './path.ts';
import { ZipWindow } from './zip-window.ts';

/** What is kept of a central directory record. */
interface ZipRecord {
  readonly index: number;
  readonly path: string;
  readonly isUtf8: boolean;
  readonly kind: EntryKind;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

/**
 * Opens a zip (zip64 included) by its central directory. Everything it declares is checked here, before any content:
 * count, sizes, ratio, overlap, encryption, compression method. Throws `DropRefused`.
 */
export async function openZip(source: RandomAccessSource, limits: Limits): Promise<DropReader> {
  const window = new ZipWindow(source);
  let records: ZipRecord[];
  try {
    records = await readDirectory(source, window, limits);
  } catch (error) {
    if (window.sourceError !== undefined) throw window.sourceError;
    if (error instanceof DropRefused) throw error;
    const message = (error as Error).message; // yauzl throws only Error
    const code = /strong encryption/.test(message) ? 'ARCHIVE_ENCRYPTED' : 'ARCHIVE_DAMAGED';
    throw new DropRefused(code, source.name, message.charAt(0).toLowerCase() + message.slice(1));
  }
  // Content is read in the order it lies in the file, whatever the order of the directory.
  records.sort((a, b) => a.offset - b.offset || a.index - b.index);
  return {
    name: source.name,
    kind: 'zip',
    bytes: source.size,
    async *entries(wanted = () => true): AsyncGenerator<DropEntry> {
      for (const record of records) {
        if (!wanted(record.index)) continue;
        const { index, path, kind, size, isUtf8 } = record;
        yield { index, path, kind, size, isUtf8, read: () => readContent(record, source, window, limits) };
      }
    },
  };
}

async function readDirectory(source: RandomAccessSource, window: ZipWindow, limits: Limits): Promise<ZipRecord[]> {
  const budget = new Budget(source.name, source.size, limits);
  const zip: ZipFile = await fromRandomAccessReaderPromise(window, source.size, {
    decodeStrings: false,
    validateEntrySizes: false,
    autoClose: false,
  });
  budget.checkCount(zip.entryCount);
  const records: ZipRecord[] = [];
  let packedTotal = 0;
  for await (const entry of zip.eachEntry()) {
    const record = recordOf(entry, records.length);
    if (entry.isEncrypted()) {
      throw new DropRefused('ARCHIVE_ENCRYPTED', record.path, `${record.path} needs a password`);
    }
    if (record.kind === 'file' && record.method !== 0 && record.method !== 8) {
      throw new DropRefused('UNSUPPORTED_ARCHIVE', record.path, `a zip with ${methodName(record.method)} compression`);
    }
    budget.declare(record.size);
    packedTotal += record.packedSize;
    if (packedTotal > source.size) {
      throw new DropRefused('ARCHIVE_BOMB', source.name, 'its entries overlap: together they are larger than the file');
    }
    records.push(record);
  }
  return records;
}

function recordOf(entry: Entry, index: number): ZipRecord {
  const { path, isUtf8 } = decodeName(entry);
  return {
    index,
    path,
    isUtf8,
    kind: kindOf(entry, path),
    method: entry.compressionMethod,
    packedSize: entry.compressedSize,
    size: entry.uncompressedSize,
    crc: entry.crc32,
    offset: entry.relativeOffsetOfLocalHeader,
  };
}

/** Many tools write UTF-8 without saying so; what is not UTF-8 is code page 437 (APPNOTE.TXT, appendix D). */
function decodeName(entry: Entry): { path: string; isUtf8: boolean } {
  const path = decodeUtf8(entry.fileNameRaw);
  if (path !== undefined) return { path, isUtf8: true };
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
  return { path: getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true), isUtf8: false };
}

/** Unix file types live in the high half of the external attributes (Info-ZIP); 0 when another system packed it. */
function kindOf(entry: Entry, path: string): EntryKind {
  const type = (entry.externalFileAttributes >>> 16) & 0xf000;
  if (type === 0xa000) return 'symlink';
  if (path.endsWith('/') || type === 0x4000) return 'directory';
  return type === 0 || type === 0x8000 ? 'file' : 'other';
}

function methodName(method: number): string {
  const names: Readonly<Record<number, string>> = {
    9: 'Deflate64',
    12: 'bzip2',
    14: 'LZMA',
    93: 'Zstandard',
    95: 'xz',
    98: 'PPMd',
  };
  return names[method] ?? `method ${method}`;
}

const LOCAL_HEADER_BYTES = 30;

async function readContent(
  record: ZipRecord,
  source: RandomAccessSource,
  window: ZipWindow,
  limits: Limits,
): Promise<Buffer> {
  if (Math.max(record.size, record.packedSize) > limits.fileBytes) {
    throw new UnreadableEntry(
      'FILE_TOO_LARGE',
      `${formatBytes(record.size)}, the limit is ${formatBytes(limits.fileBytes)}`,
    );
  }
  const packed = await readPacked(record, window);
  let content: Buffer;
  try {
    content =
      record.method === 0 ? Buffer.from(packed) : inflateRawSync(packed, { maxOutputLength: Math.max(1, record.size) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      // zlib errors carry a code
      throw new DropRefused(
        'ARCHIVE_BOMB',
        source.name,
        `${record.path} is larger than the ${formatBytes(record.size)} it declares`,
      );
    }
    throw new UnreadableEntry('ENTRY_DAMAGED', (error as Error).message); // zlib throws only Error
  }
  if (content.length !== record.size) {
    throw new UnreadableEntry('ENTRY_DAMAGED', `has ${content.length} bytes, its directory entry says ${record.size}`);
  }
  if (crc32(content) !== record.crc)
    throw new UnreadableEntry('ENTRY_DAMAGED', 'its checksum does not fit its content');
  return content;
}

/** The bytes behind the local header, whose name and extra field may differ in length from the directory's. */
async function readPacked(record: ZipRecord, window: ZipWindow): Promise<Buffer> {
  try {
    const header = await window.bytes(record.offset, record.offset + LOCAL_HEADER_BYTES);
    if (header.readUInt32LE(0) !== 0x04034b50) throw new RangeError('its local header is not where the directory says');
    const start = record.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    return await window.bytes(start, start + record.packedSize);
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableEntry('ENTRY_DAMAGED', error.message);
    throw error;
  }
}

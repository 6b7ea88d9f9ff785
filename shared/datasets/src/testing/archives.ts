import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { ZipFile } from 'yazl';
import type { LooseFiles, RandomAccessSource, ShardSink } from '../ports.ts';
import type { Files } from './pictures.ts';

/** An archive in memory that counts how it is read. */
export function memorySource(
  name: string,
  bytes: Buffer,
): RandomAccessSource & { readonly reads: { count: number; bytes: number } } {
  const reads = { count: 0, bytes: 0 };
  return {
    name,
    size: bytes.length,
    reads,
    async read(start, end) {
      reads.count += 1;
      reads.bytes += end - start;
      return Buffer.from(bytes.subarray(start, end));
    },
    stream(start = 0) {
      const chunks = function* () {
        for (let at = start; at < bytes.length; at += 65_536) {
          const chunk = Buffer.from(bytes.subarray(at, at + 65_536));
          reads.bytes += chunk.length;
          yield chunk;
        }
      };
      return Readable.from(chunks());
    },
  };
}

export function memorySink(): ShardSink & { readonly files: Map<string, Buffer> } {
  const files = new Map<string, Buffer>();
  return {
    files,
    find: async (name) => files.get(name),
    write: async (name, content) => {
      files.set(name, Buffer.from(content));
    },
  };
}

export function looseFiles(name: string, files: Files): LooseFiles {
  return {
    name,
    async *list() {
      for (const [path, content] of Object.entries(files)) {
        yield { path, size: content.length, open: async () => Readable.from([content]) };
      }
    },
  };
}

export async function zipOf(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(content, path);
  zip.end();
  return buffer(zip.outputStream);
}

type TarEntry = Partial<Header> & { name: string; content?: Buffer };

export async function tarOf(files: Files, more: readonly TarEntry[] = []): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  for (const { content, ...header } of more) tar.entry(header, content ?? Buffer.alloc(0));
  tar.finalize();
  return buffer(tar as AsyncIterable<Buffer>); // without an encoding it yields buffers
}

export async function tarGzOf(files: Files): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}

/** One entry of a zip written byte by byte, to say what no honest packer would. Sizes and checksum may lie. */
export interface RawZipEntry {
  readonly name: string | Buffer;
  readonly packed?: Buffer;
  readonly size?: number;
  readonly crc?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Unix mode with its file type bits. */
  readonly mode?: number;
  /** Where the directory says that the entry lies, when not where it does. */
  readonly offset?: number;
  readonly directoryPackedSize?: number;
}

/** Local headers, central directory and its end, as APPNOTE.TXT 4.3 lays them out. */
export function rawZip(entries: readonly RawZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = entry.packed ?? Buffer.alloc(0);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(entry.flags ?? 0, 2);
    common.writeUInt16LE(entry.method ?? 0, 4);
    common.writeUInt32LE(entry.crc ?? 0, 10);
    common.writeUInt32LE(entry.directoryPackedSize ?? packed.length, 14);
    common.writeUInt32LE(entry.size ?? packed.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.offset ?? offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const records = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(records.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, records, end]);
}

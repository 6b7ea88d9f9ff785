import type { Readable } from 'node:stream';
import { UnreadableEntry } from '../findings.ts';
import { formatBytes, type Limits } from '../limits.ts';
import type { DropEntry, DropReader, LooseFile, LooseFiles } from '../ports.ts';
import { Budget } from './budget.ts';

/** Files opened ahead of the reader: each is a request of its own, and waiting for them one by one would take hours. */
const OPEN_AHEAD = 16;
/** Bytes held by files opened ahead. */
const BYTES_AHEAD = 64 * 1024 * 1024;

/** Reads loose files in the order of their listing, several at a time, within the limits. */
export function openLoose(files: LooseFiles, limits: Limits): DropReader {
  let bytes = 0;
  return {
    name: files.name,
    kind: 'files',
    get bytes() {
      return bytes;
    },
    async *entries(wanted = () => true) {
      // Loose files are not packed: the ratio has nothing to say, the sizes have.
      const budget = new Budget(files.name, Number.POSITIVE_INFINITY, limits);
      const ahead: { entry: DropEntry; reserved: number }[] = [];
      let reserved = 0;
      let listed = 0;
      let index = -1;
      for await (const file of files.list()) {
        index += 1;
        listed += file.size;
        bytes = Math.max(bytes, listed);
        budget.declare(file.size);
        if (!wanted(index)) continue;
        const entry = startReading(file, index, limits);
        ahead.push({ entry, reserved: file.size });
        reserved += file.size;
        while (ahead.length > OPEN_AHEAD || (reserved > BYTES_AHEAD && ahead.length > 0)) {
          const next = ahead.shift();
          if (next === undefined) break;
          reserved -= next.reserved;
          yield next.entry;
        }
      }
      for (const { entry } of ahead) yield entry;
    },
  };
}

function startReading(file: LooseFile, index: number, limits: Limits): DropEntry {
  const isFolder = file.path.endsWith('/');
  const content = isFolder ? Promise.resolve(Buffer.alloc(0)) : readContent(file, limits);
  content.catch(() => undefined); // whoever reads it sees the error; nobody has to
  return {
    index,
    path: file.path,
    kind: isFolder ? 'directory' : 'file',
    size: file.size,
    isUtf8: true,
    read: () => content,
  };
}

async function readContent(file: LooseFile, limits: Limits): Promise<Buffer> {
  if (file.size > limits.fileBytes) {
    throw new UnreadableEntry(
      'FILE_TOO_LARGE',
      `${formatBytes(file.size)}, the limit is ${formatBytes(limits.fileBytes)}`,
    );
  }
  const stream: Readable = await file.open();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // the port promises bytes
    length += chunk.length;
    if (length > file.size) break;
    chunks.push(chunk);
  }
  stream.destroy();
  if (length !== file.size)
    throw new UnreadableEntry('ENTRY_DAMAGED', `listed with ${file.size} bytes, but has others`);
  return Buffer.concat(chunks, length);
}

/**
 * What a loader maps into memory. Sections are for linkers and can be left out or lie, so a library is read the way in
 * which it is loaded: by its program headers. System V ABI, chapter 5.
 */
import { InspectionError } from '../inspection-error.ts';
import type { ElfBytes, Span } from './elf-bytes.ts';
import type { ElfHeader } from './header.ts';
import { limits } from './limits.ts';

export interface Segment {
  readonly type: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file; the rest of the memory is zeros. */
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly alignment: number;
}

export const segmentType = { load: 1, dynamic: 2, interpreter: 3, threads: 7, stack: 0x6474e551, relro: 0x6474e552 };

/** The least page of the machines that are read here. */
const PAGE_BYTES = 4_096;

export function readSegments(file: ElfBytes, { segments: { offset, count, entryBytes } }: ElfHeader): Segment[] {
  if (count === 0) return [];
  const { wide } = file;
  if (entryBytes !== (wide ? 56 : 32))
    throw new InspectionError('MALFORMED', `A program header has ${entryBytes} bytes.`);
  if (count > limits.segments)
    throw new InspectionError('TOO_LARGE', `The file has ${count} segments; at most ${limits.segments} are read.`);
  file.requireTable(offset, count, entryBytes);
  const segments = Array.from({ length: count }, (_, index) => readSegment(file, offset + index * entryBytes));
  requireOrder(segments.filter(({ type }) => type === segmentType.load));
  return segments;
}

function readSegment(file: ElfBytes, at: number): Segment {
  const flags = file.uint32(at + (file.wide ? 4 : 24));
  const fileBytes = file.addressAt(at, 32, 16);
  const memoryBytes = file.addressAt(at, 40, 20);
  const type = file.uint32(at);
  const { offset } = file.requireSpan(file.addressAt(at, 8, 4), fileBytes);
  if (type === segmentType.load && memoryBytes < fileBytes)
    throw new InspectionError('MALFORMED', 'A segment has more bytes in the file than in memory.');
  return {
    type,
    ...{ readable: (flags & 4) !== 0, writable: (flags & 2) !== 0, executable: (flags & 1) !== 0 },
    ...{ offset, fileBytes, memoryBytes, address: file.addressAt(at, 16, 8), alignment: file.addressAt(at, 48, 28) },
  };
}

/** Two segments in one page would show a loader other bytes than a reader: the later one is mapped over the first. */
function requireOrder(loaded: readonly Segment[]): void {
  let end = 0;
  for (const { address, memoryBytes } of loaded) {
    if (Math.floor(address / PAGE_BYTES) < Math.ceil(end / PAGE_BYTES))
      throw new InspectionError('MALFORMED', 'Segments lie out of order or share a page of memory.');
    end = address + memoryBytes;
  }
  if (end >= Number.MAX_SAFE_INTEGER) throw new InspectionError('OUT_OF_RANGE', 'A segment lies beyond any memory.');
}

/** Where `bytes` bytes of memory lie in the file; without a number, all that the segment has from there on. */
export function fileSpan(segments: readonly Segment[], address: number, bytes?: number): Span {
  const segment = segments.find(
    (one) => one.type === segmentType.load && address >= one.address && address < one.address + one.fileBytes,
  );
  const within = segment ? address - segment.address : 0;
  const left = segment ? segment.fileBytes - within : 0;
  if (!segment || !((bytes ?? 0) >= 0 && (bytes ?? 0) <= left))
    throw new InspectionError(
      'OUT_OF_RANGE',
      `${bytes ?? 'The'} bytes at address ${address} are in no segment of the file.`,
    );
  return { offset: segment.offset + within, bytes: bytes ?? left };
}

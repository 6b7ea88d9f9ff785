/** What a loader writes into a file before it runs. System V ABI, chapter 4; type numbers: psABI of each machine. */
import { InspectionError } from '../inspection-error.ts';
import { type Dynamic, tag } from './dynamic.ts';
import type { ElfBytes } from './elf-bytes.ts';
import { limits } from './limits.ts';
import { fileSpan, type Segment, segmentType } from './segments.ts';

export interface Relocations {
  readonly count: number;
  /** Places to write to in memory that is not writable. */
  readonly inReadOnly: number;
  /** Values that a function of the file computes while it is loaded (`IRELATIVE`). */
  readonly computed: number;
  /** Symbols up to this index are named. */
  readonly lastSymbol: number;
}

export const noRelocations: Relocations = { count: 0, inReadOnly: 0, computed: 0, lastSymbol: 0 };

/** `R_X86_64_IRELATIVE`, `R_AARCH64_IRELATIVE`, `R_ARM_IRELATIVE`. */
const computedTypes = new Map([
  ['x86_64', 37],
  ['aarch64', 1032],
  ['arm', 160],
]);

export function readRelocations(
  file: ElfBytes,
  machine: string,
  segments: readonly Segment[],
  { get }: Dynamic,
): Relocations {
  const word = file.wide ? 8 : 4;
  const [relBytes, relaBytes] = [2 * word, 3 * word];
  const tables = [
    { address: get(tag.rela), bytes: get(tag.relaBytes), entryBytes: relaBytes },
    { address: get(tag.rel), bytes: get(tag.relBytes), entryBytes: relBytes },
    {
      address: get(tag.pltRelocations),
      bytes: get(tag.pltRelocationBytes),
      entryBytes: get(tag.pltRelocationType) === tag.rela ? relaBytes : relBytes,
    },
  ];
  const places = createPlaces(segments);
  let count = 0;
  let computed = 0;
  let lastSymbol = 0;
  for (const { address, bytes = 0, entryBytes } of tables) {
    if (address === undefined || bytes === 0) continue;
    const { offset } = fileSpan(segments, address, bytes);
    for (let at = offset; at + entryBytes <= offset + bytes; at += entryBytes) {
      if (++count > limits.relocations) throw tooMany();
      const { symbol, type } = readInfo(file, at);
      lastSymbol = Math.max(lastSymbol, symbol);
      if (type === computedTypes.get(machine)) computed++;
      if (type !== 0) places.add(file.address(at));
    }
  }
  count += addPacked(file, segments, get, places, limits.relocations - count);
  return { count, inReadOnly: places.inReadOnly(), computed, lastSymbol };
}

function readInfo(file: ElfBytes, at: number): { symbol: number; type: number } {
  if (file.wide) return { symbol: file.uint32(at + 12), type: file.uint32(at + 8) };
  const info = file.uint32(at + 4);
  return { symbol: info >>> 8, type: info & 0xff };
}

/** Relative relocations packed as bitmaps: an even entry is an address, an odd one says which words after it follow. */
function addPacked(
  file: ElfBytes,
  segments: readonly Segment[],
  get: Dynamic['get'],
  places: Places,
  left: number,
): number {
  const address = get(tag.relr);
  if (address === undefined) return 0;
  const word = file.wide ? 8 : 4;
  const { offset, bytes } = fileSpan(segments, address, get(tag.relrBytes) ?? 0);
  let next = 0;
  let count = 0;
  for (let at = offset; at + word <= offset + bytes; at += word) {
    const isAddress = (file.uint8(at) & 1) === 0;
    if (isAddress) next = file.address(at);
    const words = isAddress ? 1 : 8 * word - 1;
    for (let bit = 0; bit < words; bit++) {
      const isSet = isAddress || ((file.uint8(at + ((bit + 1) >> 3)) >> ((bit + 1) & 7)) & 1) === 1;
      if (!isSet) continue;
      if (++count > left) throw tooMany();
      places.add(next + bit * word);
    }
    next += words * word;
  }
  return count;
}

interface Places {
  add(address: number): void;
  inReadOnly(): number;
}

function createPlaces(segments: readonly Segment[]): Places {
  const loaded = segments.filter(({ type }) => type === segmentType.load);
  let readOnly = 0;
  return {
    add(address) {
      const home = loaded.find((one) => address >= one.address && address < one.address + one.memoryBytes);
      if (!home) throw new InspectionError('OUT_OF_RANGE', `A relocation writes to ${address}, outside of the file.`);
      if (!home.writable) readOnly++;
    },
    inReadOnly: () => readOnly,
  };
}

function tooMany(): InspectionError {
  return new InspectionError('TOO_LARGE', `The file has more than ${limits.relocations} relocations.`);
}

/** The dynamic section: what a loader is asked to do. System V ABI, chapter 5; GNU's tags: the GNU C library, elf.h. */
import { InspectionError } from '../inspection-error.ts';
import type { ElfBytes, Span } from './elf-bytes.ts';
import { limits } from './limits.ts';
import { fileSpan, type Segment, segmentType } from './segments.ts';

export const tag = {
  needed: 1,
  pltRelocationBytes: 2,
  hash: 4,
  strings: 5,
  symbols: 6,
  rela: 7,
  relaBytes: 8,
  stringBytes: 10,
  init: 12,
  fini: 13,
  soname: 14,
  rel: 17,
  relBytes: 18,
  pltRelocationType: 20,
  textRelocations: 22,
  pltRelocations: 23,
  bindNow: 24,
  initArray: 25,
  finiArray: 26,
  initArrayBytes: 27,
  finiArrayBytes: 28,
  flags: 30,
  preinitArrayBytes: 33,
  relrBytes: 35,
  relr: 36,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
  versionNeeds: 0x6ffffffe,
  versionNeedCount: 0x6fffffff,
};

/** Tags that make a loader load another library, many times over: needed, audit for dependents, audit, auxiliary, filter. */
const loads = new Set([tag.needed, 0x6ffffefb, 0x6ffffefc, 0x7ffffffd, 0x7fffffff]);

export interface Dynamic {
  /** The value of a tag that occurs at most once. */
  readonly get: (tag: number) => number | undefined;
  /** Shared libraries that must be there, in the order of the file. */
  readonly needed: readonly string[];
  readonly soname: string | null;
  readonly strings: Span;
}

/** Null for a file that asks nothing of a loader, as a static program. */
export function readDynamic(file: ElfBytes, segments: readonly Segment[]): Dynamic | null {
  const found = segments.filter(({ type }) => type === segmentType.dynamic);
  const [segment] = found;
  if (segment === undefined) return null;
  // A loader goes by the address, other readers by the offset.
  const { offset, bytes } = fileSpan(segments, segment.address, segment.fileBytes);
  if (found.length > 1 || offset !== segment.offset)
    throw new InspectionError('MALFORMED', 'The dynamic section is not where its segment says.');
  const entries = readEntries(file, offset, bytes);
  const single = new Map(entries.filter(([key]) => !loads.has(key)));
  const get = (key: number) => single.get(key);
  const strings = stringTable(segments, get);
  const needed = entries.filter(([key]) => loads.has(key)).map(([, value]) => file.name(strings, value));
  if (needed.length > limits.libraries)
    throw new InspectionError('TOO_LARGE', `The file needs ${needed.length} libraries.`);
  const soname = get(tag.soname);
  return { get, needed, soname: soname === undefined ? null : file.name(strings, soname), strings };
}

function readEntries(file: ElfBytes, offset: number, bytes: number): (readonly [tag: number, value: number])[] {
  const word = file.wide ? 8 : 4;
  const count = Math.floor(bytes / (2 * word));
  if (count > limits.dynamicEntries)
    throw new InspectionError('TOO_LARGE', `The dynamic section has ${count} entries.`);
  const entries: [number, number][] = [];
  const seen = new Set<number>();
  for (let entry = offset; entry < offset + count * 2 * word; entry += 2 * word) {
    const key = file.address(entry);
    if (key === 0) return entries;
    if (seen.has(key) && !loads.has(key))
      throw new InspectionError('MALFORMED', `The dynamic section has tag ${key} twice.`);
    seen.add(key);
    entries.push([key, file.address(entry + word)]);
  }
  // A loader reads on until it finds the end, beyond what is shown here.
  throw new InspectionError('MALFORMED', 'The dynamic section does not end.');
}

function stringTable(segments: readonly Segment[], get: Dynamic['get']): Span {
  const address = get(tag.strings);
  if (address === undefined) return { offset: 0, bytes: 0 };
  return fileSpan(segments, address, get(tag.stringBytes) ?? 0);
}

/** The symbols of a library that a loader sees. System V ABI, chapter 4; GNU's hash table: glibc, elf/dl-lookup.c. */
import { InspectionError } from '../inspection-error.ts';
import { type Dynamic, tag } from './dynamic.ts';
import type { ElfBytes } from './elf-bytes.ts';
import { limits } from './limits.ts';
import { fileSpan, type Segment } from './segments.ts';

export interface Symbols {
  /** Defined for others, sorted: global or weak, and not hidden. */
  readonly exported: readonly string[];
  /** Defined for the other object files of the same library, sorted. */
  readonly hidden: readonly string[];
  /** Asked of others, sorted; a loader fails without them. Weak ones may be missing. */
  readonly undefined: readonly string[];
  /** How many get their address from a function of the library, which runs while it is loaded. */
  readonly indirect: number;
}

/** STT_GNU_IFUNC. */
const INDIRECT = 10;

export const noSymbols: Symbols = { exported: [], hidden: [], undefined: [], indirect: 0 };

/** `lastSymbol`: that relocations name; a hash table need not hold what is asked of others. */
export function readDynamicSymbols(
  file: ElfBytes,
  segments: readonly Segment[],
  dynamic: Dynamic,
  lastSymbol: number,
): Symbols {
  const address = dynamic.get(tag.symbols);
  if (address === undefined) return noSymbols;
  const count = Math.max(countSymbols(file, segments, dynamic), lastSymbol + 1);
  const { offset } = fileSpan(segments, address, count * symbolBytes(file));
  return collectSymbols(file, offset, count, (start) => file.name(dynamic.strings, start));
}

export function symbolBytes(file: ElfBytes): number {
  return file.wide ? 24 : 16;
}

/** `offset`: of a table of `count` symbols that lies inside of the file. */
export function collectSymbols(
  file: ElfBytes,
  offset: number,
  count: number,
  nameAt: (start: number) => string,
): Symbols {
  requireCount(count);
  const exported: string[] = [];
  const hidden: string[] = [];
  const missing: string[] = [];
  let indirect = 0;
  for (let index = 1; index < count; index++) {
    const at = offset + index * symbolBytes(file);
    const info = file.uint8(at + (file.wide ? 4 : 12));
    const visibility = file.uint8(at + (file.wide ? 5 : 13)) & 3;
    const isDefined = file.uint16(at + (file.wide ? 6 : 14)) !== 0;
    const binding = info >> 4;
    // Its address is what a function says. Also of a local one, which relocations may name.
    if (isDefined && (info & 15) === INDIRECT) indirect++;
    const isWeak = binding === 2;
    // Local, or a section's: nobody else's business. 10 is GNU's "unique".
    if (binding !== 1 && !isWeak && binding !== 10) continue;
    if (!isDefined && isWeak) continue;
    const name = nameAt(file.uint32(at));
    const isHidden = visibility === 1 || visibility === 2;
    (!isDefined ? missing : isHidden ? hidden : exported).push(name);
  }
  return { exported: exported.sort(), hidden: hidden.sort(), undefined: missing.sort(), indirect };
}

/** The table says nowhere how long it is; the hash table beside it does. A loader of glibc prefers GNU's. */
function countSymbols(file: ElfBytes, segments: readonly Segment[], { get }: Dynamic): number {
  const gnu = get(tag.gnuHash);
  if (gnu !== undefined) return countByGnuHash(file, segments, gnu);
  const hash = get(tag.hash);
  if (hash === undefined) throw new InspectionError('MALFORMED', 'The symbols have no hash table.');
  const { offset } = fileSpan(segments, hash, 8);
  return requireCount(file.uint32(offset + 4));
}

function countByGnuHash(file: ElfBytes, segments: readonly Segment[], address: number): number {
  const { offset, bytes } = fileSpan(segments, address);
  const within = (at: number) => {
    if (at + 4 <= bytes) return file.uint32(offset + at);
    throw new InspectionError('OUT_OF_RANGE', 'The hash table of the symbols leaves its segment.');
  };
  const [bucketCount, firstHashed, bloomWords] = [within(0), within(4), within(8)];
  const buckets = 16 + bloomWords * (file.wide ? 8 : 4);
  requireCount(bucketCount);
  requireCount(firstHashed);
  let last = 0;
  for (let bucket = 0; bucket < bucketCount; bucket++) last = Math.max(last, within(buckets + 4 * bucket));
  if (last === 0) return firstHashed;
  if (last < firstHashed)
    throw new InspectionError('MALFORMED', 'The hash table names a symbol that it does not hold.');
  const chain = buckets + 4 * bucketCount;
  while ((within(chain + 4 * (last - firstHashed)) & 1) === 0) last++;
  return requireCount(last + 1);
}

function requireCount(count: number): number {
  if (count <= limits.symbols) return count;
  throw new InspectionError('TOO_LARGE', `The file has ${count} symbols; at most ${limits.symbols} are read.`);
}

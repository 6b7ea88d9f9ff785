/** Versions of symbols that a file asks of its libraries. Linux Standard Base, Symbol Versioning (Elfxx_Verneed). */
import { InspectionError } from '../inspection-error.ts';
import { type Dynamic, tag } from './dynamic.ts';
import type { ElfBytes } from './elf-bytes.ts';
import { limits } from './limits.ts';
import { fileSpan, type Segment } from './segments.ts';

export interface VersionNeed {
  readonly library: string;
  /** As `GLIBC_2.34`. */
  readonly version: string;
}

/** In the order of the file. Both lists are linked by distances forwards, so each step is counted and none goes back. */
export function readVersionNeeds(file: ElfBytes, segments: readonly Segment[], dynamic: Dynamic): VersionNeed[] {
  const address = dynamic.get(tag.versionNeeds);
  if (address === undefined) return [];
  const table = fileSpan(segments, address);
  const count = dynamic.get(tag.versionNeedCount) ?? 0;
  if (count > limits.libraries) throw new InspectionError('TOO_LARGE', `Versions of ${count} libraries are asked for.`);
  const within = (at: number) => {
    if (at + 16 <= table.bytes) return table.offset + at;
    throw new InspectionError('OUT_OF_RANGE', 'The list of versions leaves its segment.');
  };
  const needs: VersionNeed[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const entry = within(at);
    const library = file.name(dynamic.strings, file.uint32(entry + 4));
    let aux = at + file.uint32(entry + 8);
    for (let left = file.uint16(entry + 2); left > 0; left--) {
      const version = within(aux);
      needs.push({ library, version: file.name(dynamic.strings, file.uint32(version + 8)) });
      if (needs.length > limits.versions) throw new InspectionError('TOO_LARGE', 'Too many versions are asked for.');
      const step = file.uint32(version + 12);
      if (step === 0) break;
      aux += step;
    }
    const step = file.uint32(entry + 12);
    if (step === 0) break;
    at += step;
  }
  return needs;
}

/** The highest `GLIBC_<number>` among them, as [2, 34]; null: none. Private versions are not numbers, and not for us. */
export function glibcFloor(needs: readonly VersionNeed[]): readonly [major: number, minor: number] | null {
  const numbers = needs.flatMap(({ version }): [number, number][] => {
    const [, major, minor] = /^GLIBC_(\d{1,3})\.(\d{1,3})(?:\.\d{1,3})?$/.exec(version) ?? [];
    return major === undefined ? [] : [[Number(major), Number(minor)]];
  });
  numbers.sort(([a, b], [c, d]) => c - a || d - b);
  return numbers[0] ?? null;
}

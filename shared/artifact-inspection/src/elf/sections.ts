/** Sections: what linkers read, and the only thing that an object file has. System V ABI, chapter 4. */
import { InspectionError } from '../inspection-error.ts';
import type { ElfBytes, Span } from './elf-bytes.ts';
import type { ElfHeader } from './header.ts';
import { limits } from './limits.ts';

export interface Section {
  readonly type: number;
  readonly writable: boolean;
  /** Takes memory when it is loaded. */
  readonly allocated: boolean;
  readonly executable: boolean;
  /** Bytes of memory; for all but zeros as many lie in the file. */
  readonly bytes: number;
  readonly content: Span;
  /** Index of the section that holds its names. */
  readonly link: number;
  /** Where its own name begins among the names of sections. */
  readonly nameStart: number;
}

export const sectionType = {
  symbols: 2,
  zeros: 8,
  initArray: 14,
  finiArray: 15,
  preinitArray: 16,
  armAttributes: 0x70000003,
};

export function readSections(file: ElfBytes, { sections: { offset, count, entryBytes } }: ElfHeader): Section[] {
  if (count === 0) return [];
  if (entryBytes !== (file.wide ? 64 : 40))
    throw new InspectionError('MALFORMED', `A section header has ${entryBytes} bytes.`);
  if (count > limits.sections) throw new InspectionError('TOO_LARGE', `The file has ${count} sections.`);
  file.requireTable(offset, count, entryBytes);
  return Array.from({ length: count }, (_, index) => readSection(file, offset + index * entryBytes));
}

function readSection(file: ElfBytes, at: number): Section {
  const type = file.uint32(at + 4);
  const flags = file.addressAt(at, 8, 8);
  const bytes = file.addressAt(at, 32, 20);
  const hasContent = type !== 0 && type !== sectionType.zeros;
  return {
    type,
    // The three lowest bits: the flags of a 64-bit file do not fit JavaScript's bit operators.
    ...{ writable: flags % 2 === 1, allocated: flags % 4 >= 2, executable: flags % 8 >= 4 },
    bytes,
    content: hasContent ? file.requireSpan(file.addressAt(at, 24, 16), bytes) : { offset: 0, bytes: 0 },
    link: file.uint32(at + (file.wide ? 40 : 24)),
    nameStart: file.uint32(at),
  };
}

/** The sections with their names. */
export function nameSections(file: ElfBytes, sections: readonly Section[]): (Section & { readonly name: string })[] {
  const names = sections[file.uint16(file.wide ? 62 : 50)]?.content ?? { offset: 0, bytes: 0 };
  return sections.map((section) => ({ ...section, name: names.bytes > 0 ? file.name(names, section.nameStart) : '' }));
}

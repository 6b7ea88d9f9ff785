/**
 * Reads what an ELF file says about itself, from untrusted bytes: header, needed libraries, exported symbols.
 * Format: System V ABI, chapters 4 and 5; ARM's float ABI: ELF for the Arm Architecture, section 5.2 (e_flags).
 */

export interface ElfDescription {
  readonly class: 32 | 64;
  /** `x86_64`, `aarch64`, `arm`, or the number of another machine. */
  readonly machine: string;
  readonly type: 'executable' | 'shared' | 'other';
  /** 32-bit ARM only; null elsewhere and where the file does not say. */
  readonly floatAbi: 'hard' | 'soft' | null;
  /** Shared libraries that must be there, in the order of the file. */
  readonly needed: readonly string[];
  /** Defined global dynamic symbols, sorted. */
  readonly symbols: readonly string[];
}

/** The bytes are no ELF file, or one that points outside of itself. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
  readonly code = 'ELF_INVALID';
}

const MACHINES = new Map([
  [40, 'arm'],
  [62, 'x86_64'],
  [183, 'aarch64'],
]);
const SECTION_DYNAMIC = 6;
const SECTION_DYNSYM = 11;
const TAG_NEEDED = 1;
const ARM_FLOAT_HARD = 0x400;
const ARM_FLOAT_SOFT = 0x200;

/** Throws ElfError. Little-endian files only, as all targets are. */
export function readElf(bytes: Uint8Array): ElfDescription {
  const file = new ElfBytes(bytes);
  const sections = readSections(file);
  // A file has at most one of each; looking at no more keeps the work in proportion to the file.
  const dynamic = sections.find(({ type }) => type === SECTION_DYNAMIC);
  const symbols = sections.find(({ type }) => type === SECTION_DYNSYM);
  const flags = file.uint32(file.wide ? 48 : 36);
  const machine = file.uint16(18);
  return {
    class: file.wide ? 64 : 32,
    machine: MACHINES.get(machine) ?? String(machine),
    type: ({ 2: 'executable', 3: 'shared' } as const)[file.uint16(16)] ?? 'other',
    floatAbi: machine !== 40 ? null : flags & ARM_FLOAT_HARD ? 'hard' : flags & ARM_FLOAT_SOFT ? 'soft' : null,
    needed: dynamic ? readNeeded(file, dynamic, sections) : [],
    symbols: symbols ? readSymbols(file, symbols, sections).sort() : [],
  };
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section with the names. */
  readonly link: number;
}

function readSections(file: ElfBytes): Section[] {
  const table = file.address(file.wide ? 40 : 32);
  const count = file.uint16(file.wide ? 60 : 48);
  const entryBytes = file.wide ? 64 : 40;
  return Array.from({ length: count }, (_, index) => {
    const entry = table + index * entryBytes;
    return {
      type: file.uint32(entry + 4),
      offset: file.address(entry + (file.wide ? 24 : 16)),
      size: file.address(entry + (file.wide ? 32 : 20)),
      link: file.uint32(entry + (file.wide ? 40 : 24)),
    };
  });
}

function readNeeded(file: ElfBytes, section: Section, sections: readonly Section[]): string[] {
  const word = file.wide ? 8 : 4;
  const entries = entryOffsets(file, section, 2 * word);
  return entries
    .filter((entry) => file.address(entry) === TAG_NEEDED)
    .map((entry) => readName(file, sections[section.link], file.address(entry + word)));
}

function readSymbols(file: ElfBytes, section: Section, sections: readonly Section[]): string[] {
  const entries = entryOffsets(file, section, file.wide ? 24 : 16);
  return entries
    .filter((entry) => {
      const binding = file.uint8(entry + (file.wide ? 4 : 12)) >> 4;
      const sectionIndex = file.uint16(entry + (file.wide ? 6 : 14));
      // Global (1) or weak (2), and defined in this file.
      return (binding === 1 || binding === 2) && sectionIndex !== 0;
    })
    .map((entry) => readName(file, sections[section.link], file.uint32(entry)));
}

/** Offsets of a section's entries; the section is known to lie inside of the file before any list is made. */
function entryOffsets(file: ElfBytes, { offset, size }: Section, entryBytes: number): number[] {
  file.requireSpan(offset, size);
  return Array.from({ length: Math.floor(size / entryBytes) }, (_, index) => offset + index * entryBytes);
}

const LONGEST_NAME = 1024;

function readName(file: ElfBytes, names: Section | undefined, start: number): string {
  if (names === undefined || start >= names.size) throw new ElfError('A name lies outside of its string table.');
  const first = names.offset + start;
  const span = file.span(first, Math.min(names.size - start, LONGEST_NAME));
  const end = span.indexOf(0);
  if (end < 0) throw new ElfError('A name does not end.');
  return new TextDecoder().decode(span.subarray(0, end));
}

/** Every read is checked against the end of the file. */
class ElfBytes {
  /** True for 64-bit files. */
  readonly wide: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [elfClass, order] = [bytes[4], bytes[5]];
    if (bytes.length < 52 || this.#view.getUint32(0) !== 0x7f454c46) throw new ElfError('The file is not an ELF file.');
    if ((elfClass !== 1 && elfClass !== 2) || order !== 1)
      throw new ElfError('The ELF class or byte order is unknown.');
    this.wide = elfClass === 2;
  }

  requireSpan(offset: number, bytes: number): void {
    if (offset < 0 || bytes < 0 || offset + bytes > this.#bytes.length) {
      throw new ElfError(`The file has ${this.#bytes.length} bytes but points to byte ${offset + bytes}.`);
    }
  }

  span(offset: number, bytes: number): Uint8Array {
    this.requireSpan(offset, bytes);
    return this.#bytes.subarray(offset, offset + bytes);
  }

  uint8(offset: number): number {
    this.requireSpan(offset, 1);
    return this.#view.getUint8(offset);
  }

  uint16(offset: number): number {
    this.requireSpan(offset, 2);
    return this.#view.getUint16(offset, true);
  }

  uint32(offset: number): number {
    this.requireSpan(offset, 4);
    return this.#view.getUint32(offset, true);
  }

  /** An address-sized number: 32 or 64 bits. Beyond 2^53 it is inexact, but far outside of any file all the same. */
  address(offset: number): number {
    if (!this.wide) return this.uint32(offset);
    this.requireSpan(offset, 8);
    return Number(this.#view.getBigUint64(offset, true));
  }
}

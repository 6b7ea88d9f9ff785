import { InspectionError } from '../inspection-error.ts';
import { type ArmAttributes, readArmAttributes } from './arm-attributes.ts';
import { type Dynamic, readDynamic, tag } from './dynamic.ts';
import { ElfBytes } from './elf-bytes.ts';
import { type ElfHeader, readHeader } from './header.ts';
import { describeObject } from './object.ts';
import { noRelocations, type Relocations, readRelocations } from './relocations.ts';
import { readSections, sectionType } from './sections.ts';
import { readSegments, type Segment, segmentType } from './segments.ts';
import { noSymbols, readDynamicSymbols } from './symbols.ts';
import { readVersionNeeds, type VersionNeed } from './versions.ts';

/** What an ELF file says about itself, read as a loader would and without running any of it. */
export interface ElfFacts {
  readonly kind: 'library' | 'program' | 'object';
  readonly class: 32 | 64;
  /** `x86_64`, `aarch64`, `arm`, or the number of another machine. */
  readonly machine: string;
  readonly osAbi: string;
  /** Null but for 32-bit ARM. */
  readonly arm: ArmFacts | null;
  readonly soname: string | null;
  /** The program that loads it; null: none is asked for. */
  readonly interpreter: string | null;
  /** Shared libraries that must be there, in the order of the file. */
  readonly needed: readonly string[];
  readonly versions: readonly VersionNeed[];
  /** Symbols for others and of others, sorted. */
  readonly exported: readonly string[];
  readonly undefined: readonly string[];
  /** Symbols for the other object files of one library, sorted. */
  readonly hidden: readonly string[];
  readonly hardening: Hardening;
  /** Functions that run when the file is loaded and unloaded, before and after anyone calls it. */
  readonly constructors: number;
  readonly destructors: number;
  /** What is mapped into memory. */
  readonly segments: readonly MemoryPart[];
  /** Memory that each thread gets for itself. */
  readonly threadBytes: number;
}

export interface ArmFacts extends Partial<ArmAttributes> {
  /** Version of the EABI. */
  readonly eabi: number;
  readonly floatAbi: 'hard' | 'soft' | null;
}

export interface Hardening {
  readonly executableStack: boolean;
  /** `full`: nothing that a loader writes stays writable. */
  readonly relro: 'none' | 'partial' | 'full';
  /** A loader writes into memory that is not writable. */
  readonly textRelocations: boolean;
  /** Memory that may be written and run. */
  readonly writableCode: boolean;
}

export interface MemoryPart {
  /** As `r-x`. */
  readonly access: string;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  /** The largest page with which it can be mapped; 0: it has no address yet. */
  readonly pageBytes: number;
}

/** Throws InspectionError, and nothing else, for bytes that are no such file. */
export function readElf(bytes: Uint8Array): ElfFacts {
  const file = new ElfBytes(bytes);
  const header = readHeader(file);
  const arm = header.machine === 'arm' ? armFacts(file, header) : null;
  const { class: elfClass, machine, osAbi } = header;
  const base = { class: elfClass, machine, osAbi, arm };
  if (header.type === 'other')
    throw new InspectionError('NOT_SUPPORTED', 'It is no library, no program and no object file.');
  if (header.type === 'relocatable') return { ...base, ...describeObject(file, header) };
  const segments = readSegments(file, header);
  const dynamic = readDynamic(file, segments);
  const relocations = dynamic ? readRelocations(file, machine, segments, dynamic) : noRelocations;
  const symbols = dynamic ? readDynamicSymbols(file, segments, dynamic, relocations.lastSymbol) : noSymbols;
  const interpreter = readInterpreter(file, segments);
  const runs = (arrayBytes: number, single?: number) =>
    Math.ceil((dynamic?.get(arrayBytes) ?? 0) / (file.wide ? 8 : 4)) +
    (single !== undefined && dynamic?.get(single) !== undefined ? 1 : 0);
  const isProgram = header.type !== 'shared' || interpreter !== null || flagged(dynamic, tag.flags1, 0x08000000);
  return {
    ...base,
    kind: isProgram ? 'program' : 'library',
    soname: dynamic?.soname ?? null,
    interpreter,
    needed: dynamic?.needed ?? [],
    versions: dynamic ? readVersionNeeds(file, segments, dynamic) : [],
    exported: symbols.exported,
    undefined: symbols.undefined,
    hidden: symbols.hidden,
    hardening: hardeningOf(segments, dynamic, relocations),
    constructors:
      runs(tag.initArrayBytes, tag.init) + runs(tag.preinitArrayBytes) + symbols.indirect + relocations.computed,
    destructors: runs(tag.finiArrayBytes, tag.fini),
    segments: segments.filter(({ type }) => type === segmentType.load).map(memoryPart),
    threadBytes: segments
      .filter(({ type }) => type === segmentType.threads)
      .reduce((sum, { memoryBytes, alignment }) => sum + memoryBytes + alignment, 0),
  };
}

/** e_flags say it for what is linked, the attributes for every file: ELF for the Arm Architecture, section 5.2. */
function armFacts(file: ElfBytes, header: ElfHeader): ArmFacts {
  const section = readSections(file, header).find(({ type }) => type === sectionType.armAttributes);
  const attributes = section ? readArmAttributes(file.span(section.content)) : undefined;
  const eabi = header.flags >>> 24;
  const flagged = header.flags & 0x400 ? 'hard' : header.flags & 0x200 ? 'soft' : null;
  return { ...attributes, eabi, floatAbi: flagged ?? attributes?.floatAbi ?? null };
}

function readInterpreter(file: ElfBytes, segments: readonly Segment[]): string | null {
  const segment = segments.find(({ type }) => type === segmentType.interpreter);
  return segment ? file.name({ offset: segment.offset, bytes: segment.fileBytes }, 0) : null;
}

function hardeningOf(segments: readonly Segment[], dynamic: Dynamic | null, relocations: Relocations): Hardening {
  // Without the note, Linux gives a stack that can be executed on x86 and 32-bit ARM.
  const stack = segments.find(({ type }) => type === segmentType.stack);
  const relro = segments.some(({ type }) => type === segmentType.relro);
  const bindsNow =
    dynamic?.get(tag.bindNow) !== undefined || flagged(dynamic, tag.flags, 8) || flagged(dynamic, tag.flags1, 1);
  const isLazy = (dynamic?.get(tag.pltRelocationBytes) ?? 0) > 0 && !bindsNow;
  return {
    executableStack: stack?.executable ?? true,
    relro: !relro ? 'none' : isLazy ? 'partial' : 'full',
    textRelocations:
      dynamic?.get(tag.textRelocations) !== undefined || flagged(dynamic, tag.flags, 4) || relocations.inReadOnly > 0,
    writableCode: segments.some(
      ({ type, writable, executable }) => type === segmentType.load && writable && executable,
    ),
  };
}

function flagged(dynamic: Dynamic | null, key: number, bit: number): boolean {
  return Math.floor((dynamic?.get(key) ?? 0) / bit) % 2 === 1;
}

function memoryPart({ readable, writable, executable, address, fileBytes, memoryBytes, ...at }: Segment): MemoryPart {
  const access = `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`;
  // Address and offset must be equal within a page, and the file must be made for pages of that size.
  const pages = [65_536, 16_384, 4_096].filter(
    (bytes) => (address - at.offset) % bytes === 0 && at.alignment % bytes === 0,
  );
  return { access, address, fileBytes, memoryBytes, pageBytes: pages[0] ?? 1 };
}

/** An object file, as an `ar` archive holds them: it has sections and no segments yet. */
import type { ElfBytes } from './elf-bytes.ts';
import type { ElfHeader } from './header.ts';
import type { ElfFacts } from './read-elf.ts';
import { nameSections, readSections, type Section, sectionType } from './sections.ts';
import { collectSymbols, noSymbols, symbolBytes } from './symbols.ts';

type ObjectFacts = Omit<ElfFacts, 'class' | 'machine' | 'osAbi' | 'arm'>;

/** Every linker defines these itself. */
const madeByLinkers = ['_GLOBAL_OFFSET_TABLE_', '_DYNAMIC'];

export function describeObject(file: ElfBytes, header: ElfHeader): ObjectFacts {
  const sections = nameSections(file, readSections(file, header));
  const table = sections.find(({ type }) => type === sectionType.symbols);
  const names = table && sections[table.link]?.content;
  const symbols =
    table && names
      ? collectSymbols(file, table.content.offset, Math.floor(table.content.bytes / symbolBytes(file)), (start) =>
          file.name(names, start),
        )
      : noSymbols;
  const stackNote = sections.find(({ name }) => name === '.note.GNU-stack');
  const allocated = sections.filter(({ allocated }) => allocated);
  return {
    kind: 'object',
    ...{ soname: null, interpreter: null, needed: [], versions: [] },
    exported: symbols.exported,
    undefined: symbols.undefined.filter((name) => !madeByLinkers.includes(name)),
    hidden: symbols.hidden,
    hardening: {
      // An object without the note makes the whole program's stack executable; only aarch64 has the other default.
      executableStack: stackNote?.executable ?? header.machine !== 'aarch64',
      ...{ relro: 'none', textRelocations: false },
      writableCode: allocated.some(({ writable, executable }) => writable && executable),
    },
    constructors: countArrays(file, sections, [sectionType.initArray, sectionType.preinitArray], /^\.(ctors|init)\b/),
    destructors: countArrays(file, sections, [sectionType.finiArray], /^\.(dtors|fini)\b/),
    threadBytes: 0,
    segments: allocated.map(({ bytes, type, writable, executable }) => ({
      access: `r${writable ? 'w' : '-'}${executable ? 'x' : '-'}`,
      ...{ address: 0, pageBytes: 0 },
      fileBytes: type === sectionType.zeros ? 0 : bytes,
      memoryBytes: bytes,
    })),
  };
}

function countArrays(
  file: ElfBytes,
  sections: readonly (Section & { readonly name: string })[],
  types: readonly number[],
  names: RegExp,
): number {
  return sections
    .filter(({ type, name, bytes }) => bytes > 0 && (types.includes(type) || names.test(name)))
    .reduce((sum, { bytes }) => sum + Math.ceil(bytes / (file.wide ? 8 : 4)), 0);
}

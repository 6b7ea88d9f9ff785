/** Writes a small object file, and an `ar` archive of such: sections, symbols and what ARM compilers note. No code. */
import { type ProfileName, profiles } from '../judge/profiles.ts';
import { createLayout, elfMachines, number } from './elf-layout.ts';

export interface ObjectPlan {
  readonly target: ProfileName;
  readonly exported?: readonly string[];
  readonly hidden?: readonly string[];
  readonly undefined?: readonly string[];
  /** 32-bit ARM only. */
  readonly floatAbi?: 'hard' | 'soft';
  /** Functions in `.init_array`. */
  readonly constructors?: number;
}

const HIDDEN = 2;

export function makeObject(plan: ObjectPlan): Buffer {
  const { target, exported = [], hidden = [], undefined: missing = [], floatAbi = 'hard', constructors = 0 } = plan;
  const wide = profiles[target].class === 64;
  const layout = createLayout(wide);
  const strings = Buffer.from(['', ...exported, ...hidden, ...missing, ''].join('\0'));
  const nameAt = (name: string) => strings.indexOf(`\0${name}\0`) + 1;
  const symbol = (name: string, section: number, visibility = 0) => ({
    name: nameAt(name),
    info: 0x12,
    section,
    visibility,
  });
  const symbols = layout.symbols([
    { name: 0, info: 0, section: 0 },
    ...exported.map((name) => symbol(name, 1)),
    ...hidden.map((name) => symbol(name, 1, HIDDEN)),
    ...missing.map((name) => symbol(name, 0)),
  ]);
  const sections = [
    { name: '', type: 0, flags: 0, content: Buffer.alloc(0), link: 0 },
    { name: '.text', type: 1, flags: 6, content: Buffer.alloc(16), link: 0 },
    { name: '.symtab', type: 2, flags: 0, content: symbols, link: 3 },
    { name: '.strtab', type: 3, flags: 0, content: strings, link: 0 },
    { name: '.note.GNU-stack', type: 1, flags: 0, content: Buffer.alloc(0), link: 0 },
    { name: '.init_array', type: 14, flags: 3, content: Buffer.alloc(constructors * layout.wordBytes), link: 0 },
    ...(profiles[target].arm
      ? [{ name: '.ARM.attributes', type: 0x70000003, flags: 0, content: armAttributes(floatAbi), link: 0 }]
      : []),
  ];
  const names = Buffer.from(`${['', ...sections.map(({ name }) => name), '.shstrtab'].join('\0')}\0`);
  const all = [...sections, { name: '.shstrtab', type: 3, flags: 0, content: names, link: 0 }];
  const placed = all.map((section) => ({ ...section, offset: layout.add(section.content) }));
  const table = placed.map(({ name, type, flags, content, link, offset }) => {
    const words = (values: readonly number[]) => layout.words(values);
    const start = [number(name === '' ? 0 : names.indexOf(`\0${name}\0`) + 1, 4), number(type, 4)];
    return Buffer.concat([
      ...start,
      words([flags, 0, offset, content.length]),
      number(link, 4),
      number(0, 4),
      words([0, 0]),
    ]);
  });
  const flags = profiles[target].arm ? 0x05000000 : 0;
  const header = { type: 1, machine: elfMachines[target], flags, headers: [], sections: table.length };
  return layout.finish(Buffer.concat(table), header);
}

/** Format of attributes: "A", then vendor, then the scope of the file with pairs of number and value. */
function armAttributes(floatAbi: 'hard' | 'soft'): Buffer {
  const pairs = Buffer.from([6, 10, 28, floatAbi === 'hard' ? 1 : 0]);
  const file = Buffer.concat([Buffer.from([1]), number(5 + pairs.length, 4), pairs]);
  const vendor = Buffer.from('aeabi\0');
  return Buffer.concat([Buffer.from('A'), number(4 + vendor.length + file.length, 4), vendor, file]);
}

/** The members with names of their own, one of them longer than the header has room for. */
export function makeArchive(members: readonly Buffer[]): Buffer {
  const longName = 'a_member_with_a_long_name.o/\n';
  const entry = (name: string, content: Buffer) =>
    Buffer.concat([
      Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`),
      Buffer.from(`${String(content.length).padEnd(10)}\`\n`),
      content,
      Buffer.from('\n').subarray(0, content.length % 2),
    ]);
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    entry('//', Buffer.from(longName)),
    ...members.map((member, index) => entry(index === 0 ? '/0' : `member${index}.o/`, member)),
  ]);
}

/**
 * Writes a small ELF file that a loader would take: header, program headers, dynamic section, symbols, versions. There is
 * no code in it. Written from the System V ABI and apart from the reader, so that both cannot share a mistake.
 */
import { type ProfileName, profiles } from '../judge/profiles.ts';
import { createLayout, elfMachines } from './elf-layout.ts';

export interface ElfPlan {
  readonly target: ProfileName;
  readonly kind?: 'library' | 'program';
  readonly exported?: readonly string[];
  readonly undefined?: readonly string[];
  readonly needed?: readonly string[];
  /** Of the first needed library, as `GLIBC_2.34`. */
  readonly versions?: readonly string[];
  readonly interpreter?: string;
  readonly constructors?: number;
  readonly executableStack?: boolean;
  readonly writableCode?: boolean;
  readonly textRelocations?: boolean;
  readonly relro?: boolean;
  /** The pages for which it is linked. */
  readonly pageBytes?: number;
  /** Zeroed memory of each thread. */
  readonly threadBytes?: number;
  /** Loads this library by another tag than the usual one. */
  readonly auxiliary?: string;
  /** Zeroed memory, beyond what the file has. */
  readonly zeroBytes?: number;
  /** 32-bit ARM only. */
  readonly floatAbi?: 'hard' | 'soft';
}

const PAGE = 0x10000;

/** A file that fits the target and keeps the contract, but for what the plan says. */
export function makeElf(plan: ElfPlan): Buffer {
  const { target, kind = 'library', floatAbi = 'hard', pageBytes: alignment = PAGE } = plan;
  const wide = profiles[target].class === 64;
  const layout = createLayout(wide);
  const isDynamic = kind === 'library' || plan.interpreter !== undefined;
  const dynamic = isDynamic ? dynamicPart(plan, layout) : [];
  const interpreter = plan.interpreter === undefined ? undefined : layout.add(Buffer.from(`${plan.interpreter}\0`));
  const text = layout.end();
  const dynamicBytes = layout.words(dynamic.flat());
  const headers = [
    { type: 1, flags: plan.writableCode ? 7 : 5, offset: 0, address: 0, bytes: text, memory: text, alignment },
    {
      ...{ type: 1, flags: 6, offset: text, address: PAGE + text },
      ...{ bytes: dynamicBytes.length, memory: dynamicBytes.length + (plan.zeroBytes ?? 0), alignment },
    },
    { type: 0x6474e551, flags: plan.executableStack ? 7 : 6, offset: 0, address: 0, bytes: 0, memory: 0 },
    ...(plan.threadBytes ? [{ ...at(7, text, 0), memory: plan.threadBytes }] : []),
    ...(isDynamic ? [at(2, text, dynamicBytes.length)] : []),
    ...(isDynamic && plan.relro !== false ? [at(0x6474e552, text, dynamicBytes.length)] : []),
    ...(interpreter === undefined
      ? []
      : [
          {
            type: 3,
            flags: 4,
            offset: interpreter,
            address: interpreter,
            bytes: (plan.interpreter ?? '').length + 1,
            memory: 0,
          },
        ]),
  ];
  const flags = profiles[target].arm ? 0x05000000 | (floatAbi === 'hard' ? 0x400 : 0x200) : 0;
  const type = kind === 'program' ? 2 : 3;
  return layout.finish(dynamicBytes, { type, machine: elfMachines[target], flags, headers });
}

function at(type: number, offset: number, bytes: number) {
  return { type, flags: 6, offset, address: PAGE + offset, bytes, memory: bytes };
}

type Layout = ReturnType<typeof createLayout>;

/** Lays out what the dynamic section points to; returns its entries. */
function dynamicPart(plan: ElfPlan, layout: Layout): [tag: number, value: number][] {
  const { exported = [], undefined: missing = [], needed = [], versions = [], constructors = 0, auxiliary = '' } = plan;
  const strings = Buffer.from(['', ...missing, ...exported, ...needed, ...versions, auxiliary, ''].join('\0'));
  const nameAt = (name: string) => strings.indexOf(`\0${name}\0`) + 1;
  const stringsAt = layout.add(strings);
  const symbols = [
    { name: 0, info: 0, section: 0 },
    ...missing.map((name) => ({ name: nameAt(name), info: 0x12, section: 0 })),
    ...exported.map((name) => ({ name: nameAt(name), info: 0x12, section: 1 })),
  ];
  const symbolsAt = layout.add(layout.symbols(symbols));
  const hash = Buffer.alloc(16 + 4 * symbols.length);
  hash.writeUInt32LE(1, 0);
  hash.writeUInt32LE(symbols.length, 4);
  const hashAt = layout.add(hash);
  const versionsAt = versions.length > 0 ? layout.add(versionNeeds(versions.map(nameAt), nameAt(needed[0] ?? ''))) : 0;
  const entries: [number, number][] = [
    ...needed.map((name): [number, number] => [1, nameAt(name)]),
    ...[[5, stringsAt] as [number, number], [10, strings.length] as [number, number]],
    ...[[6, symbolsAt] as [number, number], [4, hashAt] as [number, number]],
  ];
  if (auxiliary !== '') entries.push([0x7ffffffd, nameAt(auxiliary)]);
  if (versionsAt > 0) entries.push([0x6ffffffe, versionsAt], [0x6fffffff, 1]);
  if (constructors > 0) entries.push([25, symbolsAt], [27, constructors * layout.wordBytes]);
  if (plan.textRelocations) entries.push([22, 0]);
  entries.push([0, 0]);
  return entries;
}

function versionNeeds(names: readonly number[], library: number): Buffer {
  const bytes = Buffer.alloc(16 + 16 * names.length);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(names.length, 2);
  bytes.writeUInt32LE(library, 4);
  bytes.writeUInt32LE(16, 8);
  for (const [index, name] of names.entries()) {
    bytes.writeUInt32LE(name, 16 + 16 * index + 8);
    bytes.writeUInt32LE(index < names.length - 1 ? 16 : 0, 16 + 16 * index + 12);
  }
  return bytes;
}

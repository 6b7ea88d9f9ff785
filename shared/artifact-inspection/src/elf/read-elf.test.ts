import { describe, expect, it } from 'vitest';
import { InspectionError } from '../inspection-error.ts';
import { makeArchive, makeElf, makeObject } from '../testing.ts';
import { readArchive } from './read-archive.ts';
import { readElf } from './read-elf.ts';

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InspectionError) return error.code;
    throw error;
  }
  return 'none';
}

/** A 64-bit library with a number of `bytes` bytes written over it. */
function patched(
  offset: number,
  value: number,
  bytes: 1 | 2 | 4 | 8,
  file = makeElf({ target: 'x86_64', exported: ['df_run'] }),
) {
  const copy = Buffer.from(file);
  if (bytes === 8) copy.writeBigUInt64LE(BigInt(value), offset);
  else copy.writeUIntLE(value, offset, bytes);
  return copy;
}

/** Where the n-th program header of a 64-bit file has its fields. ELF-64 Object File Format, figure 6. */
const programHeader = (index: number) => {
  const at = 64 + 56 * index;
  return { type: at, flags: at + 4, offset: at + 8, address: at + 16, fileBytes: at + 32, memoryBytes: at + 40 };
};

describe('a library', () => {
  it.each(['x86_64', 'aarch64', 'armv7l'] as const)('for %s says what a loader needs to know', (target) => {
    const file = makeElf({
      target,
      exported: ['df_run', 'df_kernels'],
      undefined: ['memcpy'],
      needed: ['libc.so.6', 'libm.so.6'],
      versions: ['GLIBC_2.4', 'GLIBC_2.34'],
      constructors: 2,
      zeroBytes: 100_000,
    });
    expect(readElf(file)).toMatchObject({
      kind: 'library',
      class: target === 'armv7l' ? 32 : 64,
      machine: target === 'armv7l' ? 'arm' : target,
      osAbi: 'System V',
      arm: target === 'armv7l' ? { eabi: 5, floatAbi: 'hard' } : null,
      interpreter: null,
      needed: ['libc.so.6', 'libm.so.6'],
      versions: [
        { library: 'libc.so.6', version: 'GLIBC_2.4' },
        { library: 'libc.so.6', version: 'GLIBC_2.34' },
      ],
      exported: ['df_kernels', 'df_run'],
      undefined: ['memcpy'],
      hardening: { executableStack: false, relro: 'full', textRelocations: false, writableCode: false },
      constructors: 2,
      destructors: 0,
    });
  });

  it('says that the stack, the code or a relocation is not as it should be', () => {
    const hardening = (plan: object) => readElf(makeElf({ target: 'aarch64', ...plan })).hardening;
    expect(hardening({ executableStack: true })).toMatchObject({ executableStack: true });
    expect(hardening({ writableCode: true })).toMatchObject({ writableCode: true });
    expect(hardening({ textRelocations: true })).toMatchObject({ textRelocations: true });
    expect(hardening({ relro: false })).toMatchObject({ relro: 'none' });
  });

  it('counts memory that is zero and in no file', () => {
    const { segments } = readElf(makeElf({ target: 'armv7l', zeroBytes: 1_000_000 }));
    expect(segments.map(({ access }) => access)).toEqual(['r-x', 'rw-']);
    const [, data] = segments;
    expect((data?.memoryBytes ?? 0) - (data?.fileBytes ?? 0)).toBe(1_000_000);
  });

  it('counts a function that chooses an address at loading, also for a local symbol', () => {
    const library = makeElf({ target: 'x86_64', exported: ['df_run'] });
    const symbol = library.lastIndexOf(Buffer.from([0x12, 0, 1, 0])); // the info byte of a global function
    for (const info of [0x1a, 0x0a]) {
      library[symbol] = info;
      expect(readElf(library)).toMatchObject({ constructors: 1 });
    }
  });

  it('is a program when something has to load it', () => {
    expect(readElf(makeElf({ target: 'x86_64', kind: 'program' }))).toMatchObject({
      kind: 'program',
      interpreter: null,
    });
    const interpreter = '/lib64/ld-linux-x86-64.so.2';
    expect(readElf(makeElf({ target: 'x86_64', interpreter }))).toMatchObject({ kind: 'program', interpreter });
  });

  it('may lie anywhere in a larger buffer', () => {
    const file = makeElf({ target: 'armv7l', exported: ['df_run'] });
    const buffer = new Uint8Array(file.length + 9);
    buffer.set(file, 5);
    expect(readElf(buffer.subarray(5, 5 + file.length))).toEqual(readElf(file));
  });
});

describe('an object file', () => {
  it('tells its float ABI by its attributes, since its flags do not', () => {
    for (const floatAbi of ['hard', 'soft'] as const)
      expect(readElf(makeObject({ target: 'armv7l', floatAbi }))).toMatchObject({
        kind: 'object',
        arm: { eabi: 5, floatAbi, architecture: 10 },
      });
  });

  it('tells what it defines, hides, asks for and runs', () => {
    const plan = { exported: ['df_run'], hidden: ['df_helper'], undefined: ['memcpy', '_GLOBAL_OFFSET_TABLE_'] };
    expect(readElf(makeObject({ target: 'x86_64', ...plan, constructors: 3 }))).toMatchObject({
      ...{ exported: ['df_run'], hidden: ['df_helper'], undefined: ['memcpy'], constructors: 3 },
      hardening: { executableStack: false },
    });
  });

  it('in an archive has its name, also a long one', () => {
    const members = readArchive(makeArchive([makeObject({ target: 'aarch64' }), makeObject({ target: 'armv7l' })]));
    expect(members.map(({ name, facts }) => [name, facts.machine])).toEqual([
      ['a_member_with_a_long_name.o', 'aarch64'],
      ['member1.o', 'arm'],
    ]);
  });
});

describe('a file is refused', () => {
  const library = makeElf({ target: 'x86_64', exported: ['df_run'], needed: ['libc.so.6'], versions: ['GLIBC_2.4'] });
  const dynamicAt = Number(library.readBigUInt64LE(programHeader(1).offset));
  const entry = (index: number) => dynamicAt + 16 * index;

  it.each<[string, Uint8Array, string]>([
    ['that is empty', new Uint8Array(0), 'NOT_ELF'],
    ['that is a script', Buffer.from('#!/bin/sh\n'.repeat(20)), 'NOT_ELF'],
    ['that ends within its header', library.subarray(0, 40), 'TRUNCATED'],
    ['that ends within its program headers', library.subarray(0, 100), 'TRUNCATED'],
    ['that ends within its segments', library.subarray(0, library.length - 1), 'OUT_OF_RANGE'],
    ['of big-endian order', patched(5, 2, 1), 'NOT_SUPPORTED'],
    ['of neither 32 nor 64 bits', patched(4, 3, 1), 'NOT_SUPPORTED'],
    ['with more segments than a library has', patched(56, 65_535, 2), 'TOO_LARGE'],
    ['with program headers of another size', patched(54, 32, 2), 'MALFORMED'],
    ['whose program headers lie beyond its end', patched(32, 2 ** 40, 8), 'TRUNCATED'],
    ['with a segment beyond its end', patched(programHeader(0).fileBytes, 2 ** 52, 8), 'OUT_OF_RANGE'],
    ['with more in the file than in memory', patched(programHeader(1).memoryBytes, 1, 8), 'MALFORMED'],
    ['whose segments lie over each other', patched(programHeader(1).address, 0, 8), 'MALFORMED'],
    ['whose dynamic section has another offset than address', patched(programHeader(3).offset, 0, 8), 'MALFORMED'],
    ['whose strings lie in no segment', patched(entry(1) + 8, 2 ** 45, 8, library), 'OUT_OF_RANGE'],
    ['whose strings are longer than their segment', patched(entry(2) + 8, 2 ** 20, 8, library), 'OUT_OF_RANGE'],
    ['with a name outside of its strings', patched(entry(0) + 8, 5_000, 8, library), 'OUT_OF_RANGE'],
    ['with one tag twice', patched(entry(2), 5, 8, library), 'MALFORMED'],
    ['whose dynamic section does not end', patched(entry(7), 1, 8, library), 'MALFORMED'],
    ['with symbols and no hash table', patched(entry(4), 0x12345, 8, library), 'MALFORMED'],
  ])('%s', (_, file, code) => {
    expect(codeOf(() => readElf(file))).toBe(code);
  });

  it('that is a memory dump', () => {
    expect(codeOf(() => readElf(patched(16, 4, 2)))).toBe('NOT_SUPPORTED');
  });

  it('whose hash table counts more symbols than it has bytes', () => {
    const hash = Number(library.readBigUInt64LE(entry(4) + 8));
    expect(codeOf(() => readElf(patched(hash + 4, 200_000, 4, library)))).toBe('OUT_OF_RANGE');
    expect(codeOf(() => readElf(patched(hash + 4, 2 ** 30, 4, library)))).toBe('TOO_LARGE');
  });

  it('whose names have no end, though each lies inside', () => {
    const long = 'x'.repeat(4_000);
    const many = Array.from({ length: 5_000 }, () => long);
    expect(codeOf(() => readElf(makeElf({ target: 'x86_64', exported: many })))).toBe('TOO_LARGE');
    expect(codeOf(() => readElf(makeElf({ target: 'x86_64', exported: ['y'.repeat(5_000)] })))).toBe('MALFORMED');
  });
});

describe('an archive is refused', () => {
  const archive = makeArchive([makeObject({ target: 'x86_64' })]);
  it.each<[string, Uint8Array, string]>([
    ['that ends within a member', archive.subarray(0, archive.length - 5), 'TRUNCATED'],
    ['that ends within a header', archive.subarray(0, 30), 'TRUNCATED'],
    [
      'with a size that is no number',
      Buffer.from(archive.toString('latin1').replace(/29 {8}`/, '2x        `'), 'latin1'),
      'MALFORMED',
    ],
    ['with a member that is no object file', makeArchive([Buffer.from('text')]), 'NOT_ELF'],
    ['with a library as its member', makeArchive([makeElf({ target: 'x86_64' })]), 'NOT_SUPPORTED'],
    ['whose members lie elsewhere', Buffer.from('!<thin>\n'), 'NOT_SUPPORTED'],
  ])('%s', (_, file, code) => {
    expect(codeOf(() => readArchive(file))).toBe(code);
  });
});

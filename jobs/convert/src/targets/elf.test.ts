import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ElfError, readElf } from './elf.ts';

/** A 64-bit shared library with a section table, one dynamic section, one symbol table and one string table. */
function tinyLibrary({ symbolName = 1 } = {}): Uint8Array {
  const [header, section, symbol, strings] = [64, 64, 24, new TextEncoder().encode('\0df_run\0libm.so.6\0')];
  const offsets = { strings: header, symbols: header + 32, dynamic: header + 32 + 2 * symbol };
  const table = offsets.dynamic + 32;
  const bytes = new Uint8Array(table + 4 * section);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 3, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(40, BigInt(table), true);
  view.setUint16(60, 4, true);
  bytes.set(strings, offsets.strings);
  view.setUint32(offsets.symbols + symbol, symbolName, true);
  bytes[offsets.symbols + symbol + 4] = 0x12;
  view.setUint16(offsets.symbols + symbol + 6, 7, true);
  view.setBigUint64(offsets.dynamic, 1n, true);
  view.setBigUint64(offsets.dynamic + 8, 8n, true);
  const sections = [
    [1, 3, offsets.strings, strings.length, 0],
    [2, 11, offsets.symbols, 2 * symbol, 1],
    [3, 6, offsets.dynamic, 32, 1],
  ] as const;
  for (const [index, type, offset, size, link] of sections) {
    view.setUint32(table + index * section + 4, type, true);
    view.setBigUint64(table + index * section + 24, BigInt(offset), true);
    view.setBigUint64(table + index * section + 32, BigInt(size), true);
    view.setUint32(table + index * section + 40, link, true);
  }
  return bytes;
}

describe('readElf', () => {
  let node: Uint8Array;

  beforeAll(async () => {
    node = await readFile(process.execPath);
  });

  it('names machine, type, needed libraries and exported symbols', () => {
    expect(readElf(tinyLibrary())).toEqual({
      class: 64,
      machine: 'x86_64',
      type: 'shared',
      floatAbi: null,
      needed: ['libm.so.6'],
      symbols: ['df_run'],
    });
  });

  it('reads a program of a hundred megabytes', () => {
    const { class: elfClass, needed } = readElf(node);
    expect(elfClass).toBe(64);
    expect(needed).toContain('libc.so.6');
  });

  it('tells the float ABI of 32-bit ARM', () => {
    const bytes = new Uint8Array(52);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    new DataView(bytes.buffer).setUint16(18, 40, true);
    new DataView(bytes.buffer).setUint32(36, 0x5000400, true);
    expect(readElf(bytes)).toMatchObject({ class: 32, machine: 'arm', floatAbi: 'hard' });
  });

  it('refuses what is not ELF, and names outside of their table', () => {
    expect(() => readElf(new TextEncoder().encode('#!/bin/sh\n'.repeat(20)))).toThrow(ElfError);
    expect(() => readElf(new Uint8Array(0))).toThrow(ElfError);
    expect(() => readElf(tinyLibrary({ symbolName: 1000 }))).toThrow('outside of its string table');
  });

  it('fails with nothing but ElfError when bytes change or are cut off', () => {
    const library = tinyLibrary();
    const change = fc.record({ at: fc.nat(library.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(library.length), (changes, length) => {
        const bytes = library.slice();
        for (const { at, value } of changes) bytes[at] = value;
        try {
          readElf(bytes.subarray(0, length));
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

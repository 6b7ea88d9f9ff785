import { describe, expect, it } from 'vitest';
import { useFinalOpcodes } from './relaxed-opcodes.ts';

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const draft = [0xfd, 0xa2, 0x01];
/** A custom section and a code section; their contents are what the test says. */
const moduleOf = (custom: number[], code: number[]) =>
  Uint8Array.from([...header, 0, custom.length, ...custom, 10, code.length, ...code]);

describe('useFinalOpcodes', () => {
  it('gives relaxed swizzles in code their final number, and leaves other sections alone', () => {
    const patched = useFinalOpcodes(moduleOf([1, ...draft], [0x20, 0x00, ...draft, ...draft, 0x0b]));
    expect(patched).toEqual(moduleOf([1, ...draft], [0x20, 0x00, 0xfd, 0x80, 0x02, 0xfd, 0x80, 0x02, 0x0b]));
  });

  it('leaves a module of a newer compiler as it is', () => {
    const current = moduleOf([], [0xfd, 0x80, 0x02, 0x0b]);
    expect(useFinalOpcodes(current)).toEqual(current);
  });

  it('refuses what has no code', () => {
    expect(() => useFinalOpcodes(Uint8Array.from(header))).toThrow('no WebAssembly module');
  });
});

import type { ElfBytes } from './elf-bytes.ts';

/** The ELF header, as far as it matters. System V ABI, chapter 4. */
export interface ElfHeader {
  readonly class: 32 | 64;
  /** `x86_64`, `aarch64`, `arm`, or the number of another machine. */
  readonly machine: string;
  readonly type: 'relocatable' | 'executable' | 'shared' | 'other';
  readonly osAbi: string;
  /** `e_flags`; for 32-bit ARM the EABI's version and the float ABI. */
  readonly flags: number;
  readonly segments: Table;
  readonly sections: Table;
}

/** Where a table of the file says that it is. Nothing is checked yet. */
export interface Table {
  readonly offset: number;
  readonly count: number;
  readonly entryBytes: number;
}

const machines = new Map([
  [3, 'x86'],
  [40, 'arm'],
  [62, 'x86_64'],
  [183, 'aarch64'],
  [243, 'riscv'],
]);
const types = new Map<number, ElfHeader['type']>([
  [1, 'relocatable'],
  [2, 'executable'],
  [3, 'shared'],
]);
const osAbis = new Map([
  [0, 'System V'],
  [3, 'GNU/Linux'],
]);

export function readHeader(file: ElfBytes): ElfHeader {
  const { wide } = file;
  const [machine, type, osAbi] = [file.uint16(18), file.uint16(16), file.uint8(7)];
  const half = (wideOffset: number, narrowOffset: number) => file.uint16(wide ? wideOffset : narrowOffset);
  return {
    class: wide ? 64 : 32,
    machine: machines.get(machine) ?? String(machine),
    type: types.get(type) ?? 'other',
    osAbi: osAbis.get(osAbi) ?? String(osAbi),
    flags: file.uint32(wide ? 48 : 36),
    segments: { offset: file.addressAt(0, 32, 28), entryBytes: half(54, 42), count: half(56, 44) },
    sections: { offset: file.addressAt(0, 40, 32), entryBytes: half(58, 46), count: half(60, 48) },
  };
}

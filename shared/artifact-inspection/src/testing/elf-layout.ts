/** The bytes of an ELF file of one class: tables are added one after the other, the header is written last. */

interface Header {
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  readonly headers: readonly ProgramHeader[];
  /** How many section headers the last part is; none: the file has no sections. The last one holds their names. */
  readonly sections?: number;
}

interface ProgramHeader {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
  readonly memory: number;
  readonly alignment?: number;
}

export const elfMachines = { x86_64: 62, aarch64: 183, armv7l: 40, fpga: 40 } as const;

/** Room for the ELF header and eight program headers of either class. */
const START = 64 + 8 * 56;

export function createLayout(wide: boolean) {
  const parts: Buffer[] = [];
  let end = START;
  const wordBytes = wide ? 8 : 4;
  return {
    wordBytes,
    end: () => end,
    /** Returns where it lies, in the file and in memory. */
    add(bytes: Buffer): number {
      const offset = end;
      const padded = Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
      parts.push(padded);
      end += padded.length;
      return offset;
    },
    words(values: readonly number[]): Buffer {
      return Buffer.concat(values.map((value) => number(value, wordBytes)));
    },
    symbols(symbols: readonly { name: number; info: number; section: number; visibility?: number }[]): Buffer {
      return Buffer.concat(
        symbols.map(({ name, info, section, visibility = 0 }) => {
          const tail = Buffer.concat([Buffer.from([info, visibility]), number(section, 2)]);
          const place = number(0, wordBytes);
          return Buffer.concat(wide ? [number(name, 4), tail, place, place] : [number(name, 4), place, place, tail]);
        }),
      );
    },
    finish(last: Buffer, { type, machine, flags, headers, sections = 0 }: Header): Buffer {
      const file = Buffer.concat([Buffer.alloc(START), ...parts, last]);
      const head = wide ? 64 : 52;
      file.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1], 0);
      file.writeUInt16LE(type, 16);
      file.writeUInt16LE(machine, 18);
      file.writeUInt32LE(1, 20);
      file.set(number(head, wordBytes), wide ? 32 : 28);
      file.writeUInt32LE(flags, wide ? 48 : 36);
      file.writeUInt16LE(wide ? 56 : 32, wide ? 54 : 42);
      file.writeUInt16LE(headers.length, wide ? 56 : 44);
      if (sections > 0) {
        file.set(number(end, wordBytes), wide ? 40 : 32);
        file.writeUInt16LE(wide ? 64 : 40, wide ? 58 : 46);
        file.writeUInt16LE(sections, wide ? 60 : 48);
        file.writeUInt16LE(sections - 1, wide ? 62 : 50);
      }
      file.set(Buffer.concat(headers.map((header) => programHeader(header, wide))), head);
      return file;
    },
  };
}

function programHeader(
  { type, flags, offset, address, bytes, memory, alignment = 8 }: ProgramHeader,
  wide: boolean,
): Buffer {
  const word = wide ? 8 : 4;
  const places = [offset, address, address, bytes, memory].map((value) => number(value, word));
  return Buffer.concat(
    wide
      ? [number(type, 4), number(flags, 4), ...places, number(alignment, 8)]
      : [number(type, 4), ...places, number(flags, 4), number(alignment, 4)],
  );
}

export function number(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value));
  else buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

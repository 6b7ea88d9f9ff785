import { InspectionError, type InspectionErrorCode } from '../inspection-error.ts';
import { limits } from './limits.ts';

/** A place in the file: it lies inside, since `requireSpan` has looked. */
export interface Span {
  readonly offset: number;
  readonly bytes: number;
}

/** The bytes of a 32- or 64-bit little-endian ELF file. Every read is checked against the end of the file. */
export class ElfBytes {
  /** True for 64-bit files. */
  readonly wide: boolean;
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #namesLeft = limits.allNamesBytes;

  constructor(bytes: Uint8Array) {
    if (bytes.length < 4 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46)
      throw new InspectionError('NOT_ELF', 'The file is not an ELF file.');
    if (bytes.length > limits.fileBytes)
      throw new InspectionError(
        'TOO_LARGE',
        `The file has ${bytes.length} bytes; at most ${limits.fileBytes} are read.`,
      );
    const [elfClass, order, version] = [bytes[4], bytes[5], bytes[6]];
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.wide = elfClass === 2;
    this.requireSpan(0, this.wide ? 64 : 52, 'TRUNCATED');
    if ((elfClass !== 1 && elfClass !== 2) || order !== 1 || version !== 1)
      throw new InspectionError('NOT_SUPPORTED', 'The ELF class, byte order or version is not one that is read here.');
  }

  requireSpan(offset: number, bytes: number, code: InspectionErrorCode = 'OUT_OF_RANGE'): Span {
    // Addresses beyond 2^53 are inexact, and outside of any file all the same.
    if (!(offset >= 0 && bytes >= 0 && offset + bytes <= this.length))
      throw new InspectionError(code, `The file has ${this.length} bytes but points to byte ${offset + bytes}.`);
    return { offset, bytes };
  }

  /** A table of `count` entries of `entryBytes` each. */
  requireTable(offset: number, count: number, entryBytes: number): Span {
    return this.requireSpan(offset, count * entryBytes, 'TRUNCATED');
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

  /** An address-sized number: 32 or 64 bits. */
  address(offset: number): number {
    if (!this.wide) return this.uint32(offset);
    this.requireSpan(offset, 8);
    return Number(this.#view.getBigUint64(offset, true));
  }

  /** A field at one offset in 64-bit files and another one in 32-bit files. */
  addressAt(base: number, wideOffset: number, narrowOffset: number): number {
    return this.address(base + (this.wide ? wideOffset : narrowOffset));
  }

  span({ offset, bytes }: Span): Uint8Array {
    return this.#bytes.subarray(offset, offset + bytes);
  }

  /** A name that begins `start` bytes into a string table and ends with a zero inside of it. */
  name(table: Span, start: number): string {
    if (!(start >= 0 && start < table.bytes))
      throw new InspectionError('OUT_OF_RANGE', 'A name lies outside of its string table.');
    const first = table.offset + start;
    const span = this.#bytes.subarray(first, first + Math.min(table.bytes - start, limits.nameBytes));
    const end = span.indexOf(0);
    if (end < 0)
      throw new InspectionError(
        'MALFORMED',
        `A name does not end within ${limits.nameBytes} bytes and its string table.`,
      );
    this.#namesLeft -= end;
    if (this.#namesLeft < 0)
      throw new InspectionError('TOO_LARGE', `The names of the file have more than ${limits.allNamesBytes} bytes.`);
    return decoder.decode(span.subarray(0, end));
  }
}

/** Bytes that are no UTF-8 become replacement characters: such a name equals none that is asked for. */
const decoder = new TextDecoder();

/**
 * Cyclic redundancy checks that node:zlib lacks, and the sum of two texts' CRCs.
 *
 * CRC-32C: RFC 3720 appendix B.4. CRC-64/NVME: NVM Express command set specification, section 5.2.1.3.4.
 * Eight bytes a step ("slicing-by-8"): M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance
 * Software-based CRC Generators", 2005.
 */

import { crc32 as zlibCrc32 } from 'node:zlib';

/** Reflected polynomials; width in bits. */
export const POLYNOMIALS = {
  CRC32: { width: 32, polynomial: 0xedb88320n },
  CRC32C: { width: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

/** A running CRC. `digest` gives the big-endian bytes S3 puts into base64. */
export interface RunningCrc {
  update(bytes: Buffer): void;
  digest(): Buffer;
}

export function crc32(): RunningCrc {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = zlibCrc32(bytes, crc);
    },
    digest: () => bigEndian(BigInt(crc), 32),
  };
}

export function crc32c(): RunningCrc {
  let crc = 0xffffffff;
  return {
    update: (bytes) => {
      crc = updateCrc32c(crc, bytes);
    },
    digest: () => bigEndian(BigInt(~crc >>> 0), 32),
  };
}

export function crc64nvme(): RunningCrc {
  const state = { low: -1, high: -1 };
  return {
    update: (bytes) => updateCrc64(state, bytes),
    digest: () => bigEndian((BigInt(~state.high >>> 0) << 32n) | BigInt(~state.low >>> 0), 64),
  };
}

/**
 * The CRC of `a` followed by `b`, from their CRCs and the length of `b` in bytes: crc(a)·x^(8·length) + crc(b).
 * This is how S3 gives a multipart object the checksum of its whole content without reading it again.
 */
export function joinCrc(name: keyof typeof POLYNOMIALS, a: Buffer, b: Buffer, lengthOfB: number): Buffer {
  const { width, polynomial } = POLYNOMIALS[name];
  const one = 1n << BigInt(width - 1); // reflected: the highest bit is x^0
  let shift = one;
  let square = one >> 8n; // x^8, then x^16, x^32, …
  for (let length = BigInt(lengthOfB); length > 0n; length >>= 1n) {
    if (length & 1n) shift = multiply(shift, square, width, polynomial);
    square = multiply(square, square, width, polynomial);
  }
  return bigEndian(multiply(fromBytes(a), shift, width, polynomial) ^ fromBytes(b), width);
}

function multiply(a: bigint, b: bigint, width: number, polynomial: bigint): bigint {
  let product = 0n;
  let term = a;
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((b >> bit) & 1n) product ^= term;
    term = term & 1n ? (term >> 1n) ^ polynomial : term >> 1n;
  }
  return product;
}

function fromBytes(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function bigEndian(value: bigint, width: number): Buffer {
  return Buffer.from(value.toString(16).padStart(width / 4, '0'), 'hex');
}

/** Tables of eight slices, low and high words; a 32-bit CRC leaves the high words empty. */
function createTables(polynomial: bigint): { low: Int32Array; high: Int32Array } {
  const low = new Int32Array(8 * 256);
  const high = new Int32Array(8 * 256);
  const first: bigint[] = [];
  for (let byte = 0n; byte < 256n; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    first.push(crc);
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = first[byte] ?? 0n;
    for (let slice = 0; slice < 8; slice++) {
      low[slice * 256 + byte] = Number(BigInt.asIntN(32, crc));
      high[slice * 256 + byte] = Number(BigInt.asIntN(32, crc >> 32n));
      crc = (crc >> 8n) ^ (first[Number(crc & 0xffn)] ?? 0n);
    }
  }
  return { low, high };
}

const CRC32C_TABLES = createTables(POLYNOMIALS.CRC32C.polynomial);
const CRC64_TABLES = createTables(POLYNOMIALS.CRC64NVME.polynomial);

/** An element of a table. Every index below is masked to the table's length, so none is undefined. */
function at(table: Int32Array, index: number): number {
  return table[index] as number; // the caller masks the index
}

function updateCrc32c(start: number, bytes: Buffer): number {
  const table = CRC32C_TABLES.low;
  const steps = bytes.length - (bytes.length % 8);
  let crc = start;
  for (let i = 0; i < steps; i += 8) {
    const a = crc ^ bytes.readInt32LE(i);
    const b = bytes.readInt32LE(i + 4);
    crc =
      at(table, 1792 + (a & 255)) ^
      at(table, 1536 + ((a >>> 8) & 255)) ^
      at(table, 1280 + ((a >>> 16) & 255)) ^
      at(table, 1024 + (a >>> 24)) ^
      at(table, 768 + (b & 255)) ^
      at(table, 512 + ((b >>> 8) & 255)) ^
      at(table, 256 + ((b >>> 16) & 255)) ^
      at(table, b >>> 24);
  }
  for (const byte of bytes.subarray(steps)) crc = (crc >>> 8) ^ at(table, (crc ^ byte) & 255);
  return crc;
}

function updateCrc64(state: { low: number; high: number }, bytes: Buffer): void {
  const { low: lows, high: highs } = CRC64_TABLES;
  const steps = bytes.length - (bytes.length % 8);
  let { low, high } = state;
  for (let i = 0; i < steps; i += 8) {
    const a = low ^ bytes.readInt32LE(i);
    const b = high ^ bytes.readInt32LE(i + 4);
    const i0 = 1792 + (a & 255),
      i1 = 1536 + ((a >>> 8) & 255),
      i2 = 1280 + ((a >>> 16) & 255),
      i3 = 1024 + (a >>> 24);
    const i4 = 768 + (b & 255),
      i5 = 512 + ((b >>> 8) & 255),
      i6 = 256 + ((b >>> 16) & 255),
      i7 = b >>> 24;
    low =
      at(lows, i0) ^
      at(lows, i1) ^
      at(lows, i2) ^
      at(lows, i3) ^
      at(lows, i4) ^
      at(lows, i5) ^
      at(lows, i6) ^
      at(lows, i7);
    high =
      at(highs, i0) ^
      at(highs, i1) ^
      at(highs, i2) ^
      at(highs, i3) ^
      at(highs, i4) ^
      at(highs, i5) ^
      at(highs, i6) ^
      at(highs, i7);
  }
  for (const byte of bytes.subarray(steps)) {
    const index = (low ^ byte) & 255;
    low = ((low >>> 8) | (high << 24)) ^ at(lows, index);
    high = (high >>> 8) ^ at(highs, index);
  }
  state.low = low;
  state.high = high;
}

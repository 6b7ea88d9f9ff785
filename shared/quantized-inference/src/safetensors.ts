/**
 * One safetensors file: 8-byte little-endian header length, JSON header, raw data.
 * Format: https://huggingface.co/docs/safetensors. Tensors must tile the data exactly: no overlap, no hole.
 */
import { findDuplicateKey } from './duplicate-key.ts';
import { limits } from './limits.ts';
import { ModelFileError } from './model-file-error.ts';

/** Bytes per element of the types that the integer model uses. */
export const elementBytes = { I8: 1, U8: 1, I32: 4, U32: 4 } as const;
export type ElementType = keyof typeof elementBytes;

export interface RawTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Little-endian, exactly the product of the shape times the element size. */
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, RawTensor>;
}

const LENGTH_BYTES = 8;
const METADATA_KEY = '__metadata__';

/**
 * Reads a file from untrusted bytes. The tensors are views of `file`, so nothing large is allocated.
 * Throws ModelFileError: TRUNCATED, TOO_LARGE, HEADER_INVALID, OFFSETS_INVALID.
 */
export function parseSafetensors(file: Uint8Array): Safetensors {
  if (file.byteLength > limits.fileBytes) {
    throw new ModelFileError(
      'TOO_LARGE',
      `The file has ${file.byteLength} bytes; at most ${limits.fileBytes} are read.`,
    );
  }
  const header = readHeader(file);
  const data = file.subarray(header.end);
  const metadata = readMetadata(header.json[METADATA_KEY]);
  const tensors = new Map<string, RawTensor>();
  const spans: Span[] = [];
  for (const [name, entry] of Object.entries(header.json)) {
    if (name === METADATA_KEY) continue;
    const { dtype, shape, begin, end } = readEntry(name, entry, data.byteLength);
    spans.push({ name, begin, end });
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  }
  requireTiling(spans, data.byteLength);
  return { metadata, tensors };
}

/** Serialises tensors in the given order with the widest elements first, so that each one is aligned. */
export function serialiseSafetensors({ metadata, tensors }: Safetensors): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => elementBytes[b.dtype] - elementBytes[a.dtype]);
  const header: Record<string, unknown> = { [METADATA_KEY]: metadata };
  let dataBytes = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [dataBytes, dataBytes + bytes.byteLength] };
    dataBytes += bytes.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces fill the header up to a multiple of 8, so that the data starts aligned.
  const headerBytes = Math.ceil(json.byteLength / LENGTH_BYTES) * LENGTH_BYTES;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes).fill(
    0x20,
    LENGTH_BYTES,
    LENGTH_BYTES + headerBytes,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.set(json, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const [, { bytes }] of ordered) {
    file.set(bytes, offset);
    offset += bytes.byteLength;
  }
  return file;
}

interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function readHeader(file: Uint8Array): { json: Record<string, unknown>; end: number } {
  if (file.byteLength < LENGTH_BYTES) {
    throw new ModelFileError('TRUNCATED', `The file has ${file.byteLength} bytes; a header length alone has 8.`);
  }
  const declared = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (declared > BigInt(limits.headerBytes)) {
    throw new ModelFileError(
      'TOO_LARGE',
      `The header declares ${declared} bytes; at most ${limits.headerBytes} are read.`,
    );
  }
  const end = LENGTH_BYTES + Number(declared);
  if (end > file.byteLength) {
    throw new ModelFileError('TRUNCATED', `The header ends at byte ${end}, the file at byte ${file.byteLength}.`);
  }
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(LENGTH_BYTES, end));
    json = JSON.parse(text);
  } catch {
    throw new ModelFileError('HEADER_INVALID', 'The header is not JSON in UTF-8.');
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined) throw new ModelFileError('HEADER_INVALID', `The header has ${twice.slice(0, 100)} twice.`);
  if (!isRecord(json)) throw new ModelFileError('HEADER_INVALID', 'The header is not a JSON object.');
  return { json, end };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new ModelFileError('HEADER_INVALID', `${METADATA_KEY} is not an object.`);
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new ModelFileError('HEADER_INVALID', `${METADATA_KEY}.${key} is not a string.`);
    metadata[key] = text;
  }
  return metadata;
}

function readEntry(name: string, entry: unknown, dataBytes: number) {
  if (!isRecord(entry)) throw new ModelFileError('HEADER_INVALID', `Tensor ${name} is not described by an object.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isElementType(dtype)) {
    throw new ModelFileError(
      'HEADER_INVALID',
      `Tensor ${name} has type ${String(dtype)}; known: ${Object.keys(elementBytes)}.`,
    );
  }
  if (!isSizeList(shape) || shape.length > 8) {
    throw new ModelFileError('HEADER_INVALID', `Tensor ${name} has no valid shape.`);
  }
  const [begin, end] = isSizeList(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined || begin > end || end > dataBytes) {
    throw new ModelFileError('OFFSETS_INVALID', `Tensor ${name} does not lie inside of the ${dataBytes} data bytes.`);
  }
  // A product beyond 2^53 is inexact, but it is then far from any real span and the comparison still refuses it.
  const bytes = shape.reduce((product, side) => product * side, elementBytes[dtype]);
  if (bytes !== end - begin) {
    throw new ModelFileError(
      'OFFSETS_INVALID',
      `Tensor ${name} needs ${bytes} bytes; its offsets span ${end - begin}.`,
    );
  }
  return { dtype, shape, begin, end };
}

function requireTiling(spans: Span[], dataBytes: number): void {
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== position) {
      throw new ModelFileError('OFFSETS_INVALID', `Tensor ${name} starts at byte ${begin}; expected ${position}.`);
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new ModelFileError('OFFSETS_INVALID', `The tensors end at byte ${position}, the data at byte ${dataBytes}.`);
  }
}

function isElementType(value: unknown): value is ElementType {
  return typeof value === 'string' && Object.hasOwn(elementBytes, value);
}

function isSizeList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A JSON object, neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

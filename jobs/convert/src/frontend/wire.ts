import { ConversionError } from './conversion-error.ts';

/**
 * Protocol Buffers wire format, the part that ONNX uses.
 * Source: https://protobuf.dev/programming-guides/encoding/ (varint, I64, LEN, I32; groups are obsolete and refused).
 */
export type Field =
  | { readonly number: number; readonly wire: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly wire: 'bytes'; readonly value: Uint8Array }
  | { readonly number: number; readonly wire: 'fixed32' | 'fixed64'; readonly value: Uint8Array };

/** Calls `visit` for every field of one message, in file order. `bytes` is trusted in nothing. */
export function forEachField(bytes: Uint8Array, visit: (field: Field) => void): void {
  let offset = 0;
  while (offset < bytes.length) {
    const tag = readVarint(bytes, offset);
    offset = tag.next;
    const number = Number(tag.value >> 3n);
    if (number < 1 || number > 0x1fffffff) throw malformed(`field number ${number} is out of range`);
    const wireType = Number(tag.value & 7n);
    if (wireType === 0) {
      const varint = readVarint(bytes, offset);
      offset = varint.next;
      visit({ number, wire: 'varint', value: varint.value });
      continue;
    }
    const { start, length } = extent(bytes, offset, wireType);
    if (length > bytes.length - start) throw malformed(`field ${number} claims ${length} bytes past its end`);
    offset = start + length;
    visit({ number, wire: wireName(wireType), value: bytes.subarray(start, offset) });
  }
}

/** Every varint of a packed list, as unsigned 64-bit. */
export function readPackedVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const varint = readVarint(bytes, offset);
    values.push(varint.value);
    offset = varint.next;
  }
  return values;
}

/** Unsigned 64-bit varint at `offset`: at most ten bytes, and the tenth holds one bit. */
export function readVarint(bytes: Uint8Array, offset: number): { value: bigint; next: number } {
  let low = 0; // 28 bits fit a small integer; most varints end here
  for (let index = 0; index < 4; index++) {
    const byte = byteAt(bytes, offset + index);
    low |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value: BigInt(low), next: offset + index + 1 };
  }
  let value = BigInt(low);
  for (let index = 4; index < 10; index++) {
    const byte = byteAt(bytes, offset + index);
    if (index === 9 && byte > 1) throw malformed('a varint exceeds 64 bits');
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value, next: offset + index + 1 };
  }
  throw malformed('a varint exceeds ten bytes');
}

export function malformed(what: string): ConversionError {
  return new ConversionError('MALFORMED_ONNX', {
    what: `the file is not a valid ONNX model: ${what}`,
    action: 'export the model again and check it with onnx.checker',
  });
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw malformed('it ends inside a varint');
  return byte;
}

function extent(bytes: Uint8Array, offset: number, wireType: number): { start: number; length: number } {
  if (wireType === 1) return { start: offset, length: 8 };
  if (wireType === 5) return { start: offset, length: 4 };
  if (wireType !== 2) throw malformed(`wire type ${wireType} is not in use`);
  const length = readVarint(bytes, offset);
  if (length.value > BigInt(bytes.length)) throw malformed(`a length of ${length.value} bytes exceeds the file`);
  return { start: length.next, length: Number(length.value) };
}

function wireName(wireType: number): 'bytes' | 'fixed32' | 'fixed64' {
  if (wireType === 2) return 'bytes';
  return wireType === 5 ? 'fixed32' : 'fixed64';
}

/**
 * clang 14 has `i8x16.relaxed_swizzle` with the number of a draft, 0xa2; engines know the final one, 0x100. Both take
 * three bytes with their prefix, so that nothing in the module moves. A constant with the same three bytes would be changed, too,
 * and the parity tests would tell.
 * https://github.com/WebAssembly/relaxed-simd/blob/main/proposals/relaxed-simd/Overview.md#binary-format
 */
const DRAFT = [0xfd, 0xa2, 0x01];
const FINAL = [0xfd, 0x80, 0x02];
const CODE_SECTION = 10;

/** A copy with the final numbers; the same module when its compiler knows them. Throws for anything but a module. */
export function useFinalOpcodes(module: Uint8Array): Uint8Array {
  const patched = new Uint8Array(module);
  const { start, end } = findSection(module, CODE_SECTION);
  for (let index = start; index + DRAFT.length <= end; index++) {
    if (DRAFT.every((byte, offset) => module[index + offset] === byte)) patched.set(FINAL, index);
  }
  return patched;
}

/** https://webassembly.github.io/spec/core/binary/modules.html#sections */
function findSection(module: Uint8Array, wanted: number): { start: number; end: number } {
  let position = 8;
  while (position < module.length) {
    const section = module[position];
    const size = readLeb128(module, position + 1);
    const end = size.next + size.value;
    if (section === wanted) return { start: size.next, end };
    position = end;
  }
  throw new RangeError('This is no WebAssembly module with code.');
}

function readLeb128(bytes: Uint8Array, first: number): { value: number; next: number } {
  let value = 0;
  let next = first;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[next++] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return { value, next };
}

/** Pieces of C source: the same values always give the same text. */

const LINE_WIDTH = 110;

/** `static const <type> <name>[n] = {...};`, aligned to 64 bytes for vector loads. */
export function cArray(type: string, name: string, values: Iterable<number>): string {
  const items = [...values].map(type === 'uint32_t' ? (value) => `0x${value.toString(16)}` : cInteger);
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line.length + item.length + 2 > LINE_WIDTH) {
      lines.push(line);
      line = '';
    }
    line += `${item}, `;
  }
  lines.push(line);
  const body = lines.map((text) => `    ${text.trimEnd()}\n`).join('');
  return `static const _Alignas(64) ${type} ${name}[${items.length}] = {\n${body}};\n`;
}

/** A decimal literal. The smallest int32 has none of its own: `-2147483648` is a minus in front of a larger type. */
function cInteger(value: number): string {
  return value === -(2 ** 31) ? '(-2147483647 - 1)' : String(value);
}

/** A string literal of the text in UTF-8. Octal escapes end after three digits, so that no next character joins them. */
export function cString(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  const safe = (byte: number) => /[A-Za-z0-9 _.,:+-]/.test(String.fromCharCode(byte));
  const literal = (byte: number) => (safe(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
  return `"${bytes.map(literal).join('')}"`;
}

/** `{1, 2, 3}`. */
export function cInitializer(values: readonly (number | string)[]): string {
  return `{${values.join(', ')}}`;
}

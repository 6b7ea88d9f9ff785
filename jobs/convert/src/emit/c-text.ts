/** Pieces of C source: the same values always give the same text. */

const LINE_WIDTH = 110;

/** `static const <type> <name>[n] = …;`, aligned to 64 bytes for vector loads. */
export function cArray(type: string, name: string, values: ArrayLike<number> & Iterable<number>): string {
  const head = `static const _Alignas(64) ${type} ${name}[${values.length}] =`;
  if ((type === 'uint8_t' || type === 'int8_t') && values.length > 0) return `${head}\n${cBytes(values)};\n`;
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
  return `${head} {\n${body}};\n`;
}

/** Bytes as string literals without a zero at their end, which compilers read in a quarter of the time of a list. */
function cBytes(values: Iterable<number>): string {
  const text = Array.from(values, (value) => octalEscapes[value & 0xff]).join('');
  const perLine = Math.floor(LINE_WIDTH / 4) * 4;
  const lines = Array.from({ length: Math.ceil(text.length / perLine) }, (_, i) =>
    text.slice(i * perLine, (i + 1) * perLine),
  );
  return lines.map((line) => `    "${line}"`).join('\n');
}

const octalEscapes = Array.from({ length: 256 }, (_, byte) => `\\${byte.toString(8).padStart(3, '0')}`);

/** A decimal literal. The smallest int32 has none of its own: `-2147483648` is a minus in front of a larger type. */
function cInteger(value: number): string {
  return value === -(2 ** 31) ? '(-2147483647 - 1)' : String(value);
}

/** A string literal of the text in UTF-8. Octal escapes end after three digits, so that no next character joins them. */
export function cString(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text));
  const safe = (byte: number) => /[A-Za-z0-9 _.,:+-]/.test(String.fromCharCode(byte));
  const literal = (byte: number) => (safe(byte) ? String.fromCharCode(byte) : octalEscapes[byte]);
  return `"${bytes.map(literal).join('')}"`;
}

/** `{1, 2, 3}`. */
export function cInitializer(values: readonly (number | string)[]): string {
  return `{${values.join(', ')}}`;
}

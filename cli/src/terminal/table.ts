/** Columns as wide as their widest cell, two blanks between them; the first row may be a heading. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Columns of a terminal that a text takes: wide characters of East Asia and emoji take two, marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segments.segment(text))
    width += /^[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\uFF01-\uFF60]/u.test(
      segment,
    )
      ? 2
      : 1;
  return width;
}

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

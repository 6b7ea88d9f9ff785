/** Lines for a person: the last one may be replaced while it changes; a log file gets each change once a while. */
export interface Screen {
  show(line: string, transient?: boolean): void;
}

const logEveryMilliseconds = 10_000;

export function createScreen(stream: NodeJS.WriteStream): Screen {
  let pending = false;
  let loggedAt = 0;
  return {
    show(line, transient = false) {
      if (!stream.isTTY) {
        if (transient && Date.now() - loggedAt < logEveryMilliseconds) return;
        if (transient) loggedAt = Date.now();
        stream.write(`${line}\n`);
        return;
      }
      stream.write(`${pending ? '\r\u001b[2K' : ''}${line}${transient ? '' : '\n'}`);
      pending = transient;
    },
  };
}

/** Columns as wide as their widest cell; numbers end at the same column. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    /^[\d–][\d.,]*( (%|s|ms))?$/.test(text) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join('   ').trimEnd()}`).join('\n');
}

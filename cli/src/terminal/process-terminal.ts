import type { Terminal } from './terminal.ts';

/** The terminal, or whatever else, that this process was started on. */
export function processTerminal(): Terminal {
  return {
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    isTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns || 80, // a terminal without a size says 0
    input: process.stdin,
  };
}

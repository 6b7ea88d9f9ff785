import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Terminal } from './terminal.ts';

/** Asks one question; undefined: there is no more input. */
export async function ask(terminal: Terminal, question: string, signal: AbortSignal): Promise<string | undefined> {
  const questions = openQuestions(terminal, signal);
  try {
    return await questions.ask(question);
  } finally {
    questions.close();
  }
}

export interface Questions {
  ask(question: string): Promise<string | undefined>;
  close(): void;
}

/** Asks several questions. Answers that come by a pipe are taken line by line. */
export function openQuestions(terminal: Terminal, signal: AbortSignal): Questions {
  const { input } = terminal;
  const output = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      terminal.writeError(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input, output, terminal: input.isTTY === true });
  const waiting: string[] = [];
  const takers: ((line: string | undefined) => void)[] = [];
  let closed = false;
  lines.on('line', (line) => {
    const take = takers.shift();
    if (take) take(line);
    else waiting.push(line); // a pipe gives its lines before they are asked for
  });
  const end = () => {
    closed = true;
    for (const take of takers.splice(0)) take(undefined);
  };
  lines.on('close', end);
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // in raw mode Ctrl-C is a key
  signal.addEventListener('abort', () => lines.close(), { once: true });
  return {
    async ask(question) {
      lines.setPrompt(question);
      if (!closed) lines.prompt();
      const line =
        waiting.shift() ?? (closed ? undefined : await new Promise<string | undefined>((take) => takers.push(take)));
      signal.throwIfAborted();
      return line;
    },
    close: () => lines.close(),
  };
}

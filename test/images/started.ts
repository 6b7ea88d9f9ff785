/** What a started program says and how it ends. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lines: readonly string[];
}

/** Waits for the end of a program; `onLine` sees each line of its output at once. */
export async function ended(
  child: ChildProcessWithoutNullStreams,
  onLine: (line: string) => void = () => undefined,
): Promise<Ended> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  child.once('error', reject);
  child.once('close', (code, signal) => resolve({ code, signal, lines }));
  return promise;
}

/** Sends SIGTERM at the first line that matches, as a stop and a spot interruption do. */
export function stopAt(child: ChildProcessWithoutNullStreams, pattern: RegExp): Promise<Ended> {
  let sent = false;
  return ended(child, (line) => {
    if (sent || !pattern.test(line)) return;
    sent = true;
    child.kill('SIGTERM');
  });
}

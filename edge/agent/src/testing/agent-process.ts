import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** An agent in a process of its own, as a device has it. */
export interface AgentProcess {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Resolves with the first line, past or future, that starts so; undefined: the process ended before. */
  line(start: string): Promise<string | undefined>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

/** Starts `program` (a bundled agent) with Node.js. */
export function startAgentProcess(
  program: string,
  args: readonly string[],
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): AgentProcess {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    env: { PATH: process.env.PATH ?? '', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const ended = once(output, 'close').then(() => undefined);
  return {
    child,
    lines,
    ended,
    async line(start) {
      const find = () => lines.find((line) => line.startsWith(start));
      const next = () => new Promise<'line'>((resolve) => output.once('line', () => resolve('line')));
      for (;;) {
        const found = find();
        if (found) return found;
        if ((await Promise.race([next(), ended])) === undefined) return find();
      }
    },
  };
}

import { PassThrough } from 'node:stream';
import { runCli, type World } from '../run-cli.ts';

export interface CommandOptions {
  readonly environment?: Record<string, string | undefined>;
  readonly directory?: string;
  /** What is typed; nothing more comes after it. */
  readonly input?: string;
  readonly isTerminal?: boolean;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON. */
  json(): unknown;
}

/** The time at which tests happen. */
export const testTime = new Date('2026-08-02T10:20:00.000Z');

/** Runs one command line as the process would, and catches what it writes. */
export async function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { isTerminal = false } = options;
  let out = '';
  let err = '';
  const input = Object.assign(new PassThrough(), { isTTY: isTerminal });
  input.end(options.input ?? '');
  const world: World = {
    terminal: {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        err += text;
      },
      ...{ isTerminal, isErrorTerminal: isTerminal, columns: 120, input },
    },
    environment: { NO_COLOR: '1', HOME: '/nonexistent', ...options.environment },
    directory: options.directory ?? '/',
    signal: options.signal ?? new AbortController().signal,
    now: () => testTime,
    pollMilliseconds: 10,
  };
  const code = await runCli(args, world);
  return { code, out, err, json: () => JSON.parse(out) };
}

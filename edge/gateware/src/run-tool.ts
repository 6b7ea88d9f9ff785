/** Starts one of the hardware tools and waits for it. */
import { spawnSync } from 'node:child_process';

interface ToolOptions {
  readonly cwd?: string;
  /** Milliseconds after which the tool is ended, which counts as a failure. */
  readonly timeout?: number;
}

/** Returns what the tool printed. Throws with its messages, or with what to install where it is missing. */
export function runTool(program: string, args: readonly string[], options: ToolOptions = {}): string {
  const { status, output } = tryTool(program, args, options);
  if (status !== 0) throw new Error(`${program} failed:\n${output}`.slice(0, 4000));
  return output;
}

/** For a tool whose refusal is an answer: its exit status, and its messages followed by what it printed. */
export function tryTool(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error && 'code' in error && error.code === 'ENOENT') throw missing(program);
  const output = `${stderr}${stdout}`;
  return { status, output: error ? `${error.message}\n${output}` : output };
}

export function hasTool(program: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status === 0;
}

/** Throws with what to install where a tool is missing. */
export function requireTool(program: string): void {
  if (!hasTool(program)) throw missing(program);
}

function missing(program: string): Error {
  const packages = { verilator: 'verilator g++ make', 'yosys-smtbmc': 'yosys' }[program] ?? program;
  return new Error(`There is no ${program} on this machine. Install it: apt-get install ${packages}.`);
}

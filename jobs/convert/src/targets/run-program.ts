/** Starts a program and waits for it. A program that fails is an outcome here, not an exception. */
import { execFile } from 'node:child_process';

export interface ProgramOptions {
  readonly directory?: string;
  readonly timeoutSeconds: number;
  /** Where to look for programs instead of the PATH of this process. */
  readonly searchPath?: string | undefined;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export type ProgramOutcome =
  | { readonly kind: 'success'; readonly stdout: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timeout' }
  /** `stderr`: what the program said, cut after a megabyte. */
  | { readonly kind: 'failure'; readonly stderr: string };

export function runProgram(
  program: string,
  programArguments: readonly string[],
  { directory, timeoutSeconds, searchPath, environment }: ProgramOptions,
): Promise<ProgramOutcome> {
  const options = {
    ...(directory === undefined ? {} : { cwd: directory }),
    timeout: timeoutSeconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 1024 * 1024,
    // Messages in English, whatever the user's language is, since their errors are looked for.
    env: { ...process.env, LC_ALL: 'C', ...(searchPath === undefined ? {} : { PATH: searchPath }), ...environment },
  } as const;
  return new Promise((resolve) => {
    execFile(program, programArguments, options, (error, stdout, stderr) => {
      if (error === null) resolve({ kind: 'success', stdout });
      else if (error.code === 'ENOENT') resolve({ kind: 'missing' });
      else if (error.killed && error.signal === 'SIGKILL') resolve({ kind: 'timeout' });
      else resolve({ kind: 'failure', stderr: stderr === '' ? error.message : stderr });
    });
  });
}

/** A small network's runner, and ways to start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { modelFromPlan } from '@dropforge/quantized-inference/testing';
import { buildTarget } from '../build-target.ts';
import type { Target } from '../target.ts';
import { sourcesFor } from './sources-for.ts';

/** Not square, so that height and width cannot be exchanged unnoticed. */
export const smallModel = modelFromPlan({
  input: { height: 24, width: 32, channels: 3 },
  layers: [{ op: 'convolution', channels: 8, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' }],
  classes: 3,
  seed: 1,
});

/** Builds the runner of `smallModel` into a directory and returns the command that starts it. */
export async function buildSmallRunner(target: Target, directory: string): Promise<string[]> {
  const result = await buildTarget(target, sourcesFor(target, smallModel), directory);
  if (result.status === 'failed') throw new Error(result.message);
  return target.nodeArchitecture === process.arch ? [result.runner] : [target.emulator, result.runner];
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export function startRunner(command: readonly string[], modeArguments: readonly string[], cwd?: string): ChildProcess {
  const [program = '', ...first] = command;
  return spawn(program, [...first, ...modeArguments], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function runRunner(
  command: readonly string[],
  modeArguments: readonly string[],
  cwd?: string,
): Promise<Outcome> {
  const child = startRunner(command, modeArguments, cwd);
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, stdout: Buffer.concat(stdout), stderr };
}

/** Runs a built program on images: natively where this machine can, else under an emulator and on a simulated engine. */
import { runProgram } from './run-program.ts';
import { findSimulator, withEngine } from './simulator.ts';
import type { Target } from './target.ts';

export type RunResult =
  | {
      readonly status: 'ok';
      /** True when the time below says nothing about real hardware. */
      readonly emulated: boolean;
      /** Median of a few warm runs of one image. */
      readonly millisecondsPerImage: number;
    }
  | { readonly status: 'failed'; readonly code: RunErrorCode; readonly message: string };

export type RunErrorCode = 'EMULATOR_MISSING' | 'SIMULATOR_MISSING' | 'RUN_FAILED' | 'RUN_TIMEOUT';

export interface RunOptions {
  readonly timeoutSeconds: number;
  /** Where to look for the emulator. Default: PATH. */
  readonly searchPath?: string;
  /** Value of DF_ENGINE, for programs of a target with an engine. */
  readonly engine?: string;
}

/** Runs timed after the batch. Few under emulation, where a run takes a hundred times as long. */
const NATIVE_RUNS = 200;
const EMULATED_RUNS = 3;
/** A simulated engine takes a second for each, and its time says nothing. */
const SIMULATED_RUNS = 1;

/**
 * `runner`: path of a `dropforge-run` for the target. `images`: file of raw uint8 images; `output`: file for their int32
 * little-endian logits, written only when all of them succeeded. A program that fails is a result, not an exception.
 */
export async function runTarget(
  target: Target,
  runner: string,
  images: string,
  output: string,
  options: RunOptions,
): Promise<RunResult> {
  if (target.engine === undefined) return runImages(target, runner, images, output, options);
  const simulator = await findSimulator(target.engine.array, options.searchPath);
  if ('missing' in simulator) return { status: 'failed', code: 'SIMULATOR_MISSING', message: simulator.missing };
  return withEngine(simulator.program, (engine) => runImages(target, runner, images, output, { ...options, engine }));
}

async function runImages(
  target: Target,
  runner: string,
  images: string,
  output: string,
  options: RunOptions,
): Promise<RunResult> {
  const emulated = target.nodeArchitecture !== process.arch || options.engine !== undefined;
  const batch = await runTargetProgram(target, runner, ['--images', images, '--output', output], options);
  if (batch.status === 'failed') return batch;
  const runs = options.engine ? SIMULATED_RUNS : emulated ? EMULATED_RUNS : NATIVE_RUNS;
  const benchmark = await runTargetProgram(target, runner, ['--benchmark', String(runs)], options);
  if (benchmark.status === 'failed') return benchmark;
  return { status: 'ok', emulated, millisecondsPerImage: readMedian(benchmark.stdout) / 1e6 };
}

type TargetProgramResult = { status: 'ok'; stdout: string } | Extract<RunResult, { status: 'failed' }>;

/** Runs the program in any of its modes. */
export async function runTargetProgram(
  target: Target,
  runner: string,
  modeArguments: readonly string[],
  { timeoutSeconds, searchPath, engine }: RunOptions,
): Promise<TargetProgramResult> {
  const emulated = target.nodeArchitecture !== process.arch;
  const [program, ...first] = emulated ? [target.emulator, runner] : [runner];
  const outcome = await runProgram(program, [...first, ...modeArguments], {
    timeoutSeconds,
    searchPath,
    ...(engine !== undefined && { environment: { DF_ENGINE: engine } }),
  });
  switch (outcome.kind) {
    case 'success':
      return { status: 'ok', stdout: outcome.stdout };
    case 'missing':
      return {
        status: 'failed',
        code: emulated ? 'EMULATOR_MISSING' : 'RUN_FAILED',
        message: emulated
          ? `${target.emulator} is not installed: install ${target.packages} (Debian packages).`
          : 'The program is missing.',
      };
    case 'timeout':
      return {
        status: 'failed',
        code: 'RUN_TIMEOUT',
        message: `The ${target.name} program did not end within ${timeoutSeconds} s.`,
      };
    case 'failure':
      return { status: 'failed', code: 'RUN_FAILED', message: firstLine(outcome.stderr) };
  }
}

function firstLine(stderr: string): string {
  return stderr.split('\n', 1)[0]?.slice(0, 300) ?? '';
}

/** Nanoseconds from the program's own report. */
function readMedian(stdout: string): number {
  const { medianNanoseconds } = JSON.parse(stdout) as { medianNanoseconds: number }; // printed by runner/benchmark.c
  return medianNanoseconds;
}

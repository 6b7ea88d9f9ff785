/** The engine as a simulation, which stands in for the FPGA as the emulator does for the processor. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArrayName } from '../fpga/index.ts';
import { firstError } from './first-error.ts';
import { runProgram } from './run-program.ts';

/** The accelerator's own program, which builds a simulator once for each array and state of its sources. */
const gateware = fileURLToPath(new URL('../../../../edge/gateware/src/main.ts', import.meta.url));

/** Verilator and a C++ compiler on a busy machine of two cores. */
const BUILD_SECONDS = 1_800;

export type Simulator = { readonly program: string } | { readonly missing: string };

/** Path of the simulator of an array, which is built where that has not been done; or one sentence about why there is none. */
export async function findSimulator(array: ArrayName, searchPath?: string): Promise<Simulator> {
  if (!existsSync(gateware)) return { missing: 'The sources of the engine are not here: edge/gateware is missing.' };
  const parts = ['--disable-warning=ExperimentalWarning', gateware, 'simulator', '--array', array];
  const outcome = await runProgram(process.execPath, parts, { timeoutSeconds: BUILD_SECONDS, searchPath });
  switch (outcome.kind) {
    case 'success':
      return { program: outcome.stdout.trim() };
    case 'failure':
      return { missing: firstError(outcome.stderr) };
    case 'timeout':
      return { missing: `The simulator was not built within ${BUILD_SECONDS} s.` };
    case 'missing':
      return { missing: 'Node.js cannot be started again.' };
  }
}

/**
 * Calls `use` with the value of DF_ENGINE by which a program finds a simulated engine, which ends afterwards. `faults`: how
 * it differs from one that works, as `edge/gateware/tb/engine_server.h` names it. Throws when it does not start.
 */
export async function withEngine<T>(
  simulator: string,
  use: (engine: string) => Promise<T>,
  faults: readonly '--stuck'[] = [],
): Promise<T> {
  // Short, since the path of a socket has 107 letters at most.
  const directory = await mkdtemp(join(tmpdir(), 'df-engine-'));
  const socket = join(directory, 'engine');
  const engine = spawn(simulator, ['--serve', socket, ...faults], { stdio: ['pipe', 'pipe', 'inherit'] });
  engine.stdin.on('error', () => undefined); // it has ended already, which is what counts
  const ended = once(engine, 'close');
  try {
    // Its one line says that it listens; it ends without one when it cannot.
    const listens = await Promise.race([once(engine.stdout, 'data').then(() => true), ended.then(() => false)]);
    if (!listens) throw new Error('The simulated engine did not start.');
    return await use(`unix:${socket}`);
  } finally {
    engine.stdin.end();
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

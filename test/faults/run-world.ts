/** Runs a world in a process of its own, and again after each of its deaths. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stateFolder } from '../../local/src/testing/state-folder.ts';
import { type Outcome, type Plan, readOutcome, writePlan } from './world/plan.ts';

const program = fileURLToPath(new URL('./world/world.ts', import.meta.url));

/** A world that takes longer is stuck. */
const mostMinutes = 30;

/** `deaths`: at which of its calls each life but the last ends. Rejects with the end of the log when a world breaks. */
export async function runWorld(
  plan: Pick<Plan, 'seed' | 'runs' | 'unkind'>,
  deaths: readonly NonNullable<Plan['dies']>[] = [],
): Promise<Outcome> {
  const directory = stateFolder('faults');
  const log = join(directory, 'log.txt');
  try {
    for (let life = 0; life <= deaths.length; life++) {
      writePlan(directory, { ...plan, life, dies: deaths[life] });
      const { code, signal } = await live(directory, log);
      if (code === 0) return readOutcome(directory);
      if (signal !== 'SIGKILL' || life === deaths.length)
        throw new Error(
          `The world ended with ${signal ?? `code ${code}`}:\n${readFileSync(log, 'utf8').slice(-4_000)}`,
        );
    }
    throw new Error('The world died more often than planned.');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function live(directory: string, log: string): Promise<{ code: number | null; signal: string | null }> {
  const output = openSync(log, 'a');
  try {
    const env = {
      ...process.env,
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
      // Each life after the first starts in half the time.
      NODE_COMPILE_CACHE: join(directory, 'compile-cache'),
    };
    const child = spawn(process.execPath, [program, directory], { env, stdio: ['ignore', output, output] });
    const stuck = setTimeout(() => child.kill('SIGTERM'), mostMinutes * 60_000);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(stuck);
    return { code, signal };
  } finally {
    closeSync(output);
  }
}

/** A component's run script as a process that is started again when it dies, until it has died too often. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface ComponentProcess {
  /** `running` when it has stayed alive for a moment, `broken` when it died too often, `stopped` when it was ended before. */
  readonly outcome: Promise<'running' | 'broken' | 'stopped'>;
  /** BROKEN is the nucleus's word for a component that it starts no more. */
  state(): 'RUNNING' | 'ERRORED' | 'BROKEN' | 'FINISHED';
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly script: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Holds the process id, so that the next embedded cloud finds a process that outlived this one. */
  readonly pidFile: string;
  readonly log: (line: string) => void;
}

/** As the nucleus: three errors and the component is broken; a long life in between is forgiven. */
const errorsAllowed = 3;
const aliveMilliseconds = 750;
const forgivenAfterMilliseconds = 30_000;
const graceMilliseconds = 3_000;
/** In every component's environment: a process with this file in it is ours. */
const marker = 'DROPFORGE_COMPONENT_PID_FILE';

export async function startComponent(options: ProcessOptions): Promise<ComponentProcess> {
  await endOrphan(options.pidFile);
  const outcome = Promise.withResolvers<'running' | 'broken' | 'stopped'>();
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let state: ReturnType<ComponentProcess['state']> = 'RUNNING';
  let errors = 0;
  let stopped = false;

  const start = () => {
    const startedAt = Date.now();
    child = run(options);
    const alive = setTimeout(() => outcome.resolve('running'), aliveMilliseconds);
    child.once('close', (code, signal) => {
      clearTimeout(alive);
      rmSync(options.pidFile, { force: true });
      if (stopped) return outcome.resolve('stopped');
      if (code === 0) {
        state = 'FINISHED';
        return outcome.resolve('running');
      }
      errors = Date.now() - startedAt > forgivenAfterMilliseconds ? 1 : errors + 1;
      options.log(
        `COMPONENT_ERRORED: ${options.directory} ended with ${signal ?? `exit code ${code}`}; see ${options.logFile}`,
      );
      state = errors >= errorsAllowed ? 'BROKEN' : 'ERRORED';
      if (state === 'BROKEN') return outcome.resolve('broken');
      timer = setTimeout(() => {
        state = 'RUNNING';
        start();
      }, 200 * errors);
    });
  };
  start();
  return {
    outcome: outcome.promise,
    state: () => state,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      if (child) await end(child);
      outcome.resolve('stopped'); // it may have been between two lives
    },
  };
}

function run({ script, directory, environment, logFile, pidFile }: ProcessOptions): ChildProcess {
  mkdirSync(directory, { recursive: true });
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: directory,
    env: { ...environment, [marker]: pidFile },
    stdio: ['ignore', log, log],
    detached: true, // a Ctrl-C at the terminal is for the embedded cloud, which ends its devices in order
  });
  closeSync(log);
  child.on('error', () => undefined); // `close` follows and counts
  if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  await closed;
  clearTimeout(timer);
}

/** Ends the process that an embedded cloud left behind when it was killed: two agents must not share a directory. */
async function endOrphan(pidFile: string): Promise<void> {
  const pid = Number(readText(pidFile));
  if (!pid) return;
  const isOurs = () => readText(`/proc/${pid}/environ`).split('\0').includes(`${marker}=${pidFile}`);
  for (let tries = 0; isOurs(); tries++) {
    process.kill(pid, tries < graceMilliseconds / 50 ? 'SIGTERM' : 'SIGKILL');
    await pause(50); // a process that is not our child can only be asked for
  }
  rmSync(pidFile, { force: true });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

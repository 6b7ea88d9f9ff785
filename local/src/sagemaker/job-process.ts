/** Runs a job's program so that it outlives this process: a restarted cloud finds it again and learns how it ended. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunningProcess {
  readonly pid: number;
  readonly startTicks: string;
}

/** How a process ended; `lost`: nobody wrote down how, as after a power cut. */
export type ProcessEnd = { readonly exitCode: number } | 'lost';

/**
 * Starts a program in a process group of its own, output appended to a file. A small shell around it writes the exit
 * code to a file, since the parent may not be there to take it.
 */
export function startProcess(root: string, logFile: string, { command, environment }: Program): RunningProcess {
  mkdirSync(root, { recursive: true });
  rmSync(exitFileOf(root), { force: true });
  const script =
    '"$@" >> "$DROPFORGE_LOG" 2>&1; echo $? > "$DROPFORGE_EXIT.new" && mv "$DROPFORGE_EXIT.new" "$DROPFORGE_EXIT"';
  const child = spawn('/bin/sh', ['-c', script, 'job', ...command], {
    cwd: root,
    detached: true,
    stdio: 'ignore',
    env: { ...environment, DROPFORGE_LOG: logFile, DROPFORGE_EXIT: exitFileOf(root) },
  });
  child.unref();
  if (child.pid === undefined) throw new Error(`/bin/sh could not be started for ${root}`);
  return { pid: child.pid, startTicks: startTicksOf(child.pid) ?? '' };
}

/** Resolves when the process has ended, whoever started it. */
export function waitForEnd(root: string, process: RunningProcess): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const check = () => {
      const exitCode = readExitCode(root);
      if (exitCode === undefined && isAlive(process)) return;
      watcher.close();
      clearInterval(timer);
      // The shell may have written its file between the two looks.
      const code = exitCode ?? readExitCode(root);
      resolve(code === undefined ? 'lost' : { exitCode: code });
    };
    const watcher = watch(dirname(exitFileOf(root)), check);
    // A process of an earlier cloud is not our child: the kernel tells us of its death only when we ask.
    const timer = setInterval(check, 1_000);
    check();
  });
}

/** Signals the whole group, so that what the job started ends with it; nothing happens if it has ended. */
export function signalProcess(running: RunningProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (isAlive(running)) process.kill(-running.pid, signal);
}

export function isAlive({ pid, startTicks }: RunningProcess): boolean {
  return startTicksOf(pid) === startTicks;
}

/** When the kernel started a process, in ticks since boot (field 22 of proc(5) stat); undefined: there is none. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function readExitCode(root: string): number | undefined {
  return existsSync(exitFileOf(root)) ? Number(readFileSync(exitFileOf(root), 'utf8')) : undefined;
}

const exitFileOf = (root: string) => join(root, '..', 'exit-code');

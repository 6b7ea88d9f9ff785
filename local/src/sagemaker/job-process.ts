/** Runs a job's program so that it outlives this process: a restarted cloud finds it again and learns how it ended. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/** The shell that leads a program's process group. `born` tells it from a later process with the same id. */
export interface RunningProcess {
  readonly pid: number;
  readonly born: string;
}

/**
 * A shell around the program writes the exit code to a file, since the parent may not be there to take it. It waits for
 * a line before it begins: when the parent dies first, so does the shell. SIGTERM is for the program; the shell stays to
 * write down how that ended.
 */
const script = `read -r begin || exit
exit_file=$1 log=$2
shift 2
trap : TERM
"$@" < /dev/null >> "$log" 2>&1
echo $? > "$exit_file.new" && mv "$exit_file.new" "$exit_file"`;

export interface ProcessPlaces {
  /** The program's working directory. */
  readonly root: string;
  readonly log: string;
}

/**
 * Starts a program in a process group of its own, output appended to the log. It begins when `writeDown` has returned,
 * so that no program ever runs unknown to the next cloud; when that throws, nothing runs.
 */
export function startProcess(
  { root, log }: ProcessPlaces,
  { command, environment }: Program,
  writeDown: (running: RunningProcess) => void,
): void {
  mkdirSync(root, { recursive: true });
  rmSync(exitFileOf(root), { force: true });
  const child = spawn('/bin/sh', ['-c', script, 'job', exitFileOf(root), log, ...command], {
    cwd: root,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment,
  });
  // Without a process id the throw below tells of it; a shell that dies early is found out like any other.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  try {
    if (child.pid === undefined) throw new Error(`/bin/sh could not be started in ${root}.`);
    writeDown({ pid: child.pid, born: bornAt(child.pid) ?? 'gone' });
    child.stdin.end('\n');
  } catch (error) {
    child.stdin.destroy();
    throw error;
  }
}

/** Signals the whole group, so that what the job started ends with it; nothing happens if it has ended. */
export function signalProcess(running: RunningProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (isAlive(running)) signalGroup(running, signal);
}

/** Kills what a program that ended has left running, as the end of a container does. */
export function killRest(running: RunningProcess): void {
  // A group keeps its number as long as it has members; if another process has that number, the group was empty.
  if (bornAt(running.pid) === undefined) signalGroup(running, 'SIGKILL');
}

export function isAlive({ pid, born }: RunningProcess): boolean {
  return bornAt(pid) === born;
}

/** undefined: nobody wrote it down, as when the shell was killed or the power was cut. */
export function exitCodeOf(root: string): number | undefined {
  try {
    const text = readFileSync(exitFileOf(root), 'utf8');
    return /^\d{1,3}\n$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The boot, and when in it the kernel started the process (field 22 of proc(5) stat); undefined: there is no such process. */
function bornAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function signalGroup({ pid }: RunningProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended between the two looks.
  }
}

const exitFileOf = (root: string) => join(dirname(root), 'exit-code');

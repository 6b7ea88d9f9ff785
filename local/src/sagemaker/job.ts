/** A SageMaker job as it lies on the disk: everything that a restart needs to go on with it. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProcess } from './job-process.ts';

export type JobKind = 'training' | 'processing';

export interface Job {
  readonly kind: JobKind;
  readonly name: string;
  readonly arn: string;
  /** The Create request as it came, checked. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly status: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  readonly secondaryStatus: string;
  /** Every secondary status that it has had, the current one last. */
  readonly transitions?: readonly Transition[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly modifiedAt: number;
  readonly failureReason?: string;
  readonly exitMessage?: string;
  /** Since when it is to stop, in milliseconds since 1970, and what it is called when it has. */
  readonly stop?: { readonly since: number; readonly as: 'Stopped' | 'MaxRuntimeExceeded' };
  /** The process that runs it now. */
  readonly process?: RunningProcess;
}

export interface Transition {
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** The job after a change. */
export function changedJob(job: Job, change: Partial<Job>, now: number): Job {
  const next = { ...job, ...change, modifiedAt: now };
  const before = transitionsOf(job);
  const left = before.map((one) => ({ endedAt: now, ...one }));
  const entered = { status: next.secondaryStatus, startedAt: now, ...(isEnded(next) ? { endedAt: now } : {}) };
  return { ...next, transitions: next.secondaryStatus === job.secondaryStatus ? before : [...left, entered] };
}

export function transitionsOf({ transitions, secondaryStatus, createdAt }: Job): readonly Transition[] {
  return transitions ?? [{ status: secondaryStatus, startedAt: createdAt }];
}

export interface JobStore {
  /** `name` must be a job's name by SageMaker's rules: it becomes a folder. */
  read(name: string): Job | undefined;
  write(job: Job): void;
  list(): Job[];
  /** The folder that is `/opt/ml` to the job. */
  rootOf(name: string): string;
  /** What the job printed. */
  logOf(name: string): string;
}

/** One folder per job; the record is replaced in one rename, so it is never half written. */
export function createJobStore(directory: string, kind: JobKind): JobStore {
  const folderOf = (name: string) => join(directory, kind, name);
  const recordOf = (name: string) => join(folderOf(name), 'job.json');
  const read = (name: string): Job | undefined => {
    try {
      return JSON.parse(readFileSync(recordOf(name), 'utf8')) as Job; // written by `write` below and by nobody else
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  mkdirSync(join(directory, kind), { recursive: true });
  return {
    read,
    write(job) {
      mkdirSync(folderOf(job.name), { recursive: true });
      writeFileSync(`${recordOf(job.name)}.new`, JSON.stringify(job, null, 2), { flush: true });
      renameSync(`${recordOf(job.name)}.new`, recordOf(job.name));
    },
    list: () => readdirSync(join(directory, kind)).flatMap((name) => read(name) ?? []),
    rootOf: (name) => join(folderOf(name), 'opt-ml'),
    logOf: (name) => join(folderOf(name), 'log.txt'),
  };
}

export function isEnded({ status }: Job): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

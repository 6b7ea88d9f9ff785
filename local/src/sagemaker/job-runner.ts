/** Takes jobs from Create to their end: files in, program, files out, status and events. The two kinds differ in their files. */
import { readFileSync } from 'node:fs';
import type { Job, JobStore } from './job.ts';
import { isEnded } from './job.ts';
import { stateChangeEvent } from './job-events.ts';
import {
  isAlive,
  type ProcessEnd,
  type Program,
  type RunningProcess,
  signalProcess,
  startProcess,
  waitForEnd,
} from './job-process.ts';

/** What a kind of job does around its program. */
export interface JobFiles {
  /** Brings the inputs; rejects when they cannot be had. */
  prepare(job: Job, root: string): Promise<void>;
  /** Takes the outputs of a program that ended, well or not. */
  collect(job: Job, root: string, succeeded: boolean): Promise<void>;
  /** Runs beside the program, as for checkpoints; the result ends it. */
  accompany(job: Job, root: string): () => Promise<void>;
  program(job: Job, root: string): Program;
  /** What the program left to say about its failure or its end. */
  lastWords(root: string): { failure?: string; exitMessage?: string };
}

export interface JobRunner {
  start(job: Job): void;
  stop(name: string): void;
  /** Goes on with the jobs of an earlier cloud. */
  resume(): void;
  /** Stops following; the programs go on. */
  close(): void;
}

export interface JobRunnerOptions {
  readonly jobs: JobStore;
  readonly files: JobFiles;
  readonly putEvent: (event: ReturnType<typeof stateChangeEvent>) => void;
  readonly log: (message: string) => void;
}

/** SageMaker gives a container this long between SIGTERM and SIGKILL. */
const graceMilliseconds = 120_000;

export function createJobRunner({ jobs, files, putEvent, log }: JobRunnerOptions): JobRunner {
  let closed = false;
  const timers = new Set<NodeJS.Timeout>();

  /** Writes the job first and tells of it then: a kill in between loses the event, as SageMaker may. */
  function update(job: Job, change: Partial<Job>): Job {
    const next = { ...job, ...change, modifiedAt: Date.now() };
    jobs.write(next);
    putEvent(stateChangeEvent(next));
    return next;
  }

  async function run(name: string): Promise<void> {
    let job = jobs.read(name);
    if (!job || isEnded(job)) return;
    const root = jobs.rootOf(name);
    let running = job.process;
    if (!running || !isAlive(running)) {
      const known = running && (await waitForEnd(root, running));
      if (known && known !== 'lost') return finish(job, root, known);
      if (job.status === 'Stopping') return finish(job, root, { exitCode: 143 });
      job = update(job, { secondaryStatus: 'Downloading' });
      await files.prepare(job, root);
      if (closed) return;
      job = jobs.read(name) ?? job;
      if (job.status === 'Stopping') return finish(job, root, { exitCode: 143 });
      running = startProcess(root, jobs.logOf(name), files.program(job, root));
      job = update(job, {
        secondaryStatus: job.kind === 'training' ? 'Training' : 'InProgress',
        process: running,
        startedAt: job.startedAt ?? Date.now(),
      });
    }
    const leave = files.accompany(job, root);
    limitRuntime(job, running);
    const end = await waitForEnd(root, running);
    if (closed) return;
    await leave();
    if (end === 'lost') return run(name);
    await finish(jobs.read(name) ?? job, root, end);
  }

  async function finish(job: Job, root: string, end: Exclude<ProcessEnd, 'lost'>): Promise<void> {
    const stopping = job.status === 'Stopping';
    const uploading = update(job, { secondaryStatus: 'Uploading' });
    const succeeded = end.exitCode === 0;
    const { failure, exitMessage } = files.lastWords(root);
    await files.collect(uploading, root, succeeded || stopping);
    const said = exitMessage === undefined ? {} : { exitMessage };
    const done = { ...said, endedAt: Date.now() };
    if (stopping)
      update(uploading, {
        ...done,
        status: 'Stopped',
        secondaryStatus: job.secondaryStatus === 'MaxRuntimeExceeded' ? 'MaxRuntimeExceeded' : 'Stopped',
      });
    else if (succeeded) update(uploading, { ...done, status: 'Completed', secondaryStatus: 'Completed' });
    else
      update(uploading, {
        ...done,
        status: 'Failed',
        secondaryStatus: 'Failed',
        failureReason: failureReason(failure, end.exitCode),
      });
  }

  function limitRuntime(job: Job, running: RunningProcess): void {
    const { MaxRuntimeInSeconds = 86_400 } = (job.request.StoppingCondition ?? {}) as { MaxRuntimeInSeconds?: number }; // checked when the job was created
    const left = (job.startedAt ?? Date.now()) + MaxRuntimeInSeconds * 1_000 - Date.now();
    later(left, () => isAlive(running) && stop(job.name, 'MaxRuntimeExceeded'));
  }

  function stop(name: string, secondaryStatus = 'Stopping'): void {
    const job = jobs.read(name);
    if (job?.status !== 'InProgress') return;
    update(job, { status: 'Stopping', secondaryStatus });
    const running = job.process;
    if (!running) return;
    signalProcess(running, 'SIGTERM');
    later(graceMilliseconds, () => signalProcess(running, 'SIGKILL'));
  }

  function later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => timers.delete(timer) && act(), Math.min(Math.max(0, milliseconds), 2 ** 31 - 1));
    timer.unref();
    timers.add(timer);
  }

  /** Trouble around the program is the job's failure, in SageMaker's words. */
  function start(name: string): void {
    run(name).catch((error: unknown) => {
      if (closed) return;
      const message = error instanceof Error ? error.message : String(error);
      log(`${name}: ${message}`);
      const job = jobs.read(name);
      if (job)
        update(job, {
          status: 'Failed',
          secondaryStatus: 'Failed',
          endedAt: Date.now(),
          failureReason: `ClientError: ${message}`.slice(0, 1024),
        });
    });
  }

  return {
    start(job) {
      jobs.write(job);
      putEvent(stateChangeEvent(job));
      start(job.name);
    },
    stop,
    resume() {
      for (const job of jobs.list()) if (!isEnded(job)) start(job.name);
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function failureReason(failure: string | undefined, exitCode: number): string {
  return `AlgorithmError: ${failure ?? ''}, exit code: ${exitCode}`.slice(0, 1024);
}

/** A small text file that a job may have left; undefined if it did not. */
export function readLeft(file: string, bytes: number): string | undefined {
  try {
    return readFileSync(file).subarray(0, bytes).toString('utf8');
  } catch {
    return undefined;
  }
}

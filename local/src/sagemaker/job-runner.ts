/** Takes jobs from Create to their end: files in, program, files out, status and events. The two kinds differ in their files. */
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { algorithmError, clientError } from './failure-text.ts';
import { changedJob, isEnded, type Job, type JobStore } from './job.ts';
import { stateChangeEvent } from './job-events.ts';
import {
  exitCodeOf,
  isAlive,
  killRest,
  type Program,
  type RunningProcess,
  signalProcess,
  startProcess,
} from './job-process.ts';
import { cutLog } from './log-file.ts';

/** What a kind of job does around its program. */
export interface JobFiles {
  /** Brings the inputs into a folder that may hold what a lost try left; rejects when they cannot be had. */
  prepare(job: Job, root: string): Promise<void>;
  /** Runs beside the program, as for checkpoints; the result ends it and never rejects. */
  accompany(job: Job, root: string): () => Promise<void>;
  /** Takes the outputs of a program that ended, well or not. */
  collect(job: Job, root: string, withModel: boolean): Promise<void>;
  program(job: Job, root: string): Program;
  /** What the program left to say about its failure or its end. */
  lastWords(root: string): { failure?: string | undefined; exitMessage?: string | undefined };
}

export interface JobRunner {
  start(job: Job): void;
  stop(name: string): void;
  /** Jobs that have not ended. */
  readonly active: number;
  /** Goes on with the jobs of an earlier cloud, and removes what it left of ended ones. */
  resume(): Promise<void>;
  /** Stops following; the programs go on. */
  close(): Promise<void>;
}

export interface JobRunnerOptions {
  readonly jobs: JobStore;
  readonly files: JobFiles;
  readonly putEvent: (event: ReturnType<typeof stateChangeEvent>) => void;
  readonly log: (message: string) => void;
  /** Between SIGTERM and SIGKILL; SageMaker gives a container two minutes. */
  readonly graceMilliseconds?: number | undefined;
}

/** A process of an earlier cloud is not our child, and the kernel tells parents alone of an end: so it is asked. */
const lookMilliseconds = 100;
/** A program whose process is lost this often while the cloud looks on would be lost forever. */
const mostLosses = 3;
const logBytes = { running: 64 * 1024 * 1024, kept: 1024 * 1024 };

export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const { jobs, files, putEvent, log, graceMilliseconds = 120_000 } = options;
  const closing = new AbortController();
  const active = new Map<string, Promise<void>>();

  function current(name: string): Job {
    const job = jobs.read(name);
    if (!job) throw new Error(`The record of the job ${name} is gone.`);
    return job;
  }

  /** Tells of the change first: after a kill in between, the next cloud makes the change again and tells of it twice. */
  function update(job: Job, change: Partial<Job>): Job {
    closing.signal.throwIfAborted();
    const next = changedJob(job, change, Date.now());
    putEvent(stateChangeEvent(next));
    jobs.write(next);
    return next;
  }

  /** From wherever the job is to its end. */
  async function run(name: string): Promise<void> {
    for (let losses = 0; losses <= mostLosses; losses++) {
      const running = (losses === 0 && current(name).process) || (await launch(name));
      const exitCode = running && (await follow(name, running));
      if (exitCode !== undefined) return finish(name, exitCode);
      if (current(name).status === 'Stopping') return finish(name, 143);
      log(`${name}: its process is gone without a word; it is started again`);
    }
    throw new Error(`The process of the job was lost ${mostLosses + 1} times.`);
  }

  /** undefined: the job was stopped before its program began. */
  async function launch(name: string): Promise<RunningProcess | undefined> {
    const root = jobs.rootOf(name);
    if (current(name).status === 'Stopping') return undefined;
    await files.prepare(update(current(name), { secondaryStatus: 'Downloading' }), root);
    const job = current(name);
    if (job.status === 'Stopping') return undefined;
    const secondaryStatus = job.kind === 'training' ? 'Training' : 'InProgress';
    startProcess({ root, log: jobs.logOf(name) }, files.program(job, root), (process) =>
      update(job, { secondaryStatus, process, startedAt: Date.now() }),
    );
    return current(name).process;
  }

  /** Resolves with the exit code; undefined: nobody wrote one down. */
  async function follow(name: string, running: RunningProcess): Promise<number | undefined> {
    const root = jobs.rootOf(name);
    const leave = files.accompany(current(name), root);
    try {
      // The last cloud may have been killed before it could signal.
      if (current(name).status === 'Stopping') signalProcess(running, 'SIGTERM');
      while (isAlive(running)) {
        keepTime(current(name), running);
        cutLog(jobs.logOf(name), logBytes.running, logBytes.kept);
        await wait(lookMilliseconds, undefined, { signal: closing.signal });
      }
      killRest(running);
    } finally {
      await leave();
    }
    return exitCodeOf(root);
  }

  function keepTime({ name, request, startedAt = Date.now(), stop: stopping }: Job, running: RunningProcess): void {
    const { MaxRuntimeInSeconds = 86_400 } = (request.StoppingCondition ?? {}) as { MaxRuntimeInSeconds?: number }; // checked when the job was created
    if (stopping && Date.now() >= stopping.since + graceMilliseconds) signalProcess(running, 'SIGKILL');
    else if (!stopping && Date.now() >= startedAt + MaxRuntimeInSeconds * 1_000) stop(name, 'MaxRuntimeExceeded');
  }

  function stop(name: string, as: NonNullable<Job['stop']>['as'] = 'Stopped'): void {
    const job = jobs.read(name);
    if (job?.status !== 'InProgress') return;
    update(job, { status: 'Stopping', secondaryStatus: 'Stopping', stop: { since: Date.now(), as } });
    if (job.process) signalProcess(job.process, 'SIGTERM');
  }

  async function finish(name: string, exitCode: number): Promise<void> {
    const root = jobs.rootOf(name);
    const ended = current(name);
    const job = ended.status === 'Stopping' ? ended : update(ended, { secondaryStatus: 'Uploading' });
    const { failure, exitMessage } = files.lastWords(root);
    const said = exitMessage === undefined ? {} : { exitMessage };
    await files.collect(job, root, exitCode === 0 || job.status === 'Stopping');
    const end = { ...said, endedAt: Date.now() };
    if (job.status === 'Stopping')
      update(job, { ...end, status: 'Stopped', secondaryStatus: job.stop?.as ?? 'Stopped' });
    else if (exitCode === 0) update(job, { ...end, status: 'Completed', secondaryStatus: 'Completed' });
    else
      update(job, {
        ...end,
        status: 'Failed',
        secondaryStatus: 'Failed',
        failureReason: algorithmError(failure, exitCode),
      });
    await clean(name);
  }

  /** What is worth keeping is in the bucket. */
  async function clean(name: string): Promise<void> {
    try {
      await rm(jobs.rootOf(name), { recursive: true, force: true });
      cutLog(jobs.logOf(name), logBytes.kept, logBytes.kept);
    } catch (error) {
      log(`${name}: its files could not be removed: ${error}`);
    }
  }

  /** Trouble around the program is the job's failure. What it made stays until the next start, for a person to save. */
  async function fail(name: string, error: unknown): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        log(`${name}: ${error instanceof Error ? error.message : error}`);
        const job = current(name);
        if (job.process) signalProcess(job.process, 'SIGKILL');
        const failed = { status: 'Failed', secondaryStatus: 'Failed', endedAt: Date.now() } as const;
        update(job, { ...failed, failureReason: clientError(error) });
        return;
      } catch {
        // Not even that can be written down: the disk is full.
        await wait(10_000, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  function begin(name: string): void {
    const work = run(name)
      .catch((error: unknown) => fail(name, error))
      .finally(() => active.delete(name));
    active.set(name, work);
  }

  return {
    start(job) {
      jobs.write(job);
      putEvent(stateChangeEvent(job));
      begin(job.name);
    },
    stop,
    get active() {
      // A job that has ended counts no more, though its folder may still be on its way out.
      return [...active.keys()].filter((name) => !isEnded(current(name))).length;
    },
    async resume() {
      const known = jobs.list();
      for (const job of known) if (!isEnded(job)) begin(job.name);
      for (const job of known) if (isEnded(job)) await clean(job.name);
    },
    async close() {
      closing.abort();
      await Promise.all(active.values());
    },
  };
}

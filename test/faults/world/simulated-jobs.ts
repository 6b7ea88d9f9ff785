/** SageMaker's jobs in simulated time: real inputs, real outputs, and the moods of AWS in between. */
import { isEnded, type Job, type JobRunner, type JobRunnerOptions, stateChangeEvent } from '@dropforge/local';
import type { SimulatedTime } from '../simulated-time.ts';
import { program } from './programs.ts';
import type { Work } from './work.ts';

/** What befalls a job before or while its program runs. */
export type Mood = 'fine' | 'no capacity' | 'interrupted' | 'waits too long';

export interface SimulatedJobsOptions {
  readonly time: SimulatedTime;
  readonly work: Work;
  readonly moodOf: (job: Job) => Mood;
  /** Told of every job that was created. */
  readonly onCreate: (name: string) => void;
}

const minute = 60_000;
const noCapacity =
  'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';

/** In place of the runner that starts processes: a job that a kill cut off begins anew, as if nothing had been done. */
export function simulatedJobs({ time, work, moodOf, onCreate }: SimulatedJobsOptions) {
  return ({ jobs, files, putEvent, log }: JobRunnerOptions): JobRunner => {
    let closed = false;
    const pause = (milliseconds: number) => new Promise<void>((resolve) => void time.after(milliseconds, resolve));

    function update(job: Job, change: Partial<Job>): Job {
      const next = { ...job, ...change, modifiedAt: time.now() };
      putEvent(stateChangeEvent(next));
      jobs.write(next);
      return next;
    }

    function end(job: Job, status: 'Completed' | 'Failed' | 'Stopped', more: Partial<Job> = {}): void {
      update(job, { status, secondaryStatus: status, endedAt: time.now(), ...more });
    }

    async function live(created: Job): Promise<void> {
      const mood = moodOf(created);
      await pause(minute);
      if (mood === 'no capacity') return end(created, 'Failed', { failureReason: noCapacity });
      if (mood === 'waits too long') return end(created, 'Stopped', { secondaryStatus: 'MaxWaitTimeExceeded' });
      const root = jobs.rootOf(created.name);
      let job = update(created, { secondaryStatus: 'Downloading' });
      await work.during(() => files.prepare(job, root));
      const running = job.kind === 'training' ? 'Training' : 'InProgress';
      job = update(job, { secondaryStatus: running, startedAt: time.now() });
      for (const secondaryStatus of mood === 'interrupted' ? ['Interrupted', 'Restarting', running] : []) {
        await pause(minute);
        job = update(job, { secondaryStatus });
      }
      await pause(5 * minute);
      await work.during(async () => {
        const failure = program(job, root);
        job = update(job, { secondaryStatus: 'Uploading' });
        await files.collect(job, root, failure === undefined);
        if (failure === undefined) end(job, 'Completed');
        else end(job, 'Failed', { failureReason: `AlgorithmError: ${failure}, exit code: 1` });
      });
    }

    function begin(job: Job): void {
      live(job).catch((error: unknown) => {
        if (!closed) log(`SIMULATED_JOB_BROKEN ${job.name}: ${error instanceof Error ? error.stack : error}`);
      });
    }

    const open = () => jobs.list().filter((job) => !isEnded(job));
    return {
      start(job) {
        onCreate(job.name);
        begin(update(job, {}));
      },
      stop(name) {
        const job = jobs.read(name);
        if (job && !isEnded(job)) end(job, 'Stopped');
      },
      get active() {
        return open().length;
      },
      async resume() {
        for (const job of open()) begin(job);
      },
      async close() {
        closed = true;
      },
    };
  };
}

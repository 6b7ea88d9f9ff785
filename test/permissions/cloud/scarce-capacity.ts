/** SageMaker's answers on a bad day, by type of instance: what makes a run fall back to its next choice. */
import { AwsError, type Job, type JobRunner, type JobRunnerOptions, stateChangeEvent } from '@dropforge/local';
import { createJobRunner } from '../../../local/src/sagemaker/job-runner.ts';

export const scarce = {
  /** As spare capacity: throttled until `calm`, and then over the account's quota, which is none. */
  quota: 'ml.c4.xlarge',
  /** As spare capacity: taken, and then not to be had. */
  capacity: 'ml.m4.xlarge',
  /** On demand: its quota is full the first time. */
  full: 'ml.m4.2xlarge',
} as const;

export interface ScarceCapacity {
  /** Runs every other job; those of the types above it refuses or fails as AWS does. */
  createRunner(options: JobRunnerOptions): JobRunner;
  /** Throttles no more. */
  calm(): void;
}

export function scarceCapacity(): ScarceCapacity {
  let throttles = true;
  return {
    createRunner: (options) => runnerOf(options, () => throttles),
    calm() {
      throttles = false;
    },
  };
}

function runnerOf(options: JobRunnerOptions, throttles: () => boolean): JobRunner {
  const runner = createJobRunner(options);
  const asked = new Set<string>();

  function fail(job: Job): void {
    const reason = 'CapacityError: Unable to provision requested ML compute capacity. Please retry later.';
    const end = { status: 'Failed', secondaryStatus: 'Failed', failureReason: reason, endedAt: Date.now() } as const;
    const failed = { ...job, ...end, modifiedAt: Date.now() };
    options.jobs.write(failed);
    options.putEvent(stateChangeEvent(failed));
  }

  return {
    ...runner,
    get active() {
      return runner.active;
    },
    start(job) {
      const { type, spot } = placeOf(job);
      // Every attempt of a run has a job of its own.
      const asking = `${job.name.replace(/-t\d+$/, '')} ${type}`;
      const first = !asked.has(asking);
      asked.add(asking);
      if (type === scarce.quota && spot && throttles()) throw new AwsError(400, 'ThrottlingException', 'Rate exceeded');
      if (type === scarce.quota && spot) throw new AwsError(400, 'ResourceLimitExceeded', limit(type, 0));
      if (type === scarce.full && first) throw new AwsError(400, 'ResourceLimitExceeded', limit(type, 1));
      if (type === scarce.capacity && spot) fail(job);
      else runner.start(job);
    },
  };
}

function placeOf({ request }: Job): { type: string; spot: boolean } {
  const { ResourceConfig, EnableManagedSpotTraining: spot = false } = request as {
    ResourceConfig?: { InstanceType: string };
    EnableManagedSpotTraining?: boolean;
  }; // checked when the job was created
  return { type: ResourceConfig?.InstanceType ?? '', spot };
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/regions-quotas.html; the words are those of `aws-contracts`' samples. */
function limit(type: string, instances: number): string {
  return `The account-level service limit '${type} for training job usage' is ${instances} Instances, with current utilization of ${instances} Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.`;
}

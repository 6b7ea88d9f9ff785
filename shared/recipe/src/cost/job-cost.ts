import type { JobCost } from '@dropforge/events';

/**
 * US dollars of a job, to the millionth: seconds x instances x price of an hour / 3600. Of a spot job the billed seconds
 * are fewer than it ran, and the price is the one on demand.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html (BillableTimeInSeconds)
 */
export function jobUsd(job: {
  readonly seconds: number;
  readonly instanceCount: number;
  readonly usdPerHour: number;
}): number {
  return Math.round(((job.seconds * job.instanceCount * job.usdPerHour) / 3_600) * 1e6) / 1e6;
}

/** What a job that ended cost; without a price the seconds alone are known. */
export function costOfJob(job: Omit<JobCost, 'usd' | 'savedUsd'>, usdPerHour: number | undefined): JobCost {
  if (usdPerHour === undefined) return job;
  const price = { instanceCount: job.instanceCount, usdPerHour };
  const usd = jobUsd({ ...price, seconds: job.billedSeconds });
  const savedUsd = job.spot ? jobUsd({ ...price, seconds: Math.max(0, job.seconds - job.billedSeconds) }) : 0;
  return { ...job, usd, ...(savedUsd > 0 ? { savedUsd } : {}) };
}

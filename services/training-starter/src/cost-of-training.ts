import { configRendered, type JobCost, type TrainingJobStateChange } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { costOfJob } from '@dropforge/recipe/cost';
import type { TrainingJobs } from './ports.ts';

/** The event of a job that ended, with what only Describe says: what is billed, and whether it was spare capacity. */
export async function withBill(
  event: TrainingJobStateChange,
  { describe }: Pick<TrainingJobs, 'describe'>,
): Promise<TrainingJobStateChange> {
  if (event.BillableTimeInSeconds !== undefined) return event;
  return { ...(await describe(event.TrainingJobName)), ...event };
}

/** What a job that ended cost; undefined: nothing was billed. Without a bill, the time from its start to its end. */
export function costOfTraining(detail: TrainingJobStateChange, run: Run): JobCost | undefined {
  const { ResourceConfig, EnableManagedSpotTraining: spot = false, TrainingStartTime, TrainingEndTime } = detail;
  const { InstanceType: instanceType, InstanceCount: instanceCount = 1 } = ResourceConfig ?? {};
  const lasted = ((TrainingEndTime ?? 0) - (TrainingStartTime ?? TrainingEndTime ?? 0)) / 1_000;
  const { TrainingTimeInSeconds: seconds = lasted, BillableTimeInSeconds: billedSeconds = seconds } = detail;
  if (!instanceType || billedSeconds <= 0) return undefined;
  const terms = configRendered.data.safeParse(run.facts['config.rendered']).data;
  const job = { instanceType, instanceCount, spot, billedSeconds, seconds: Math.max(seconds, billedSeconds) };
  return costOfJob(job, terms?.usdPerHour[instanceType]);
}

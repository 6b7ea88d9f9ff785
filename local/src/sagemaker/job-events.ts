/** A job in the words of SageMaker's API and of its EventBridge events, which differ in small ways. */
import type { Job } from './job.ts';

/** Describe: times in seconds, tags left out. */
export function describeJob(job: Job, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const { Tags: _, ...request } = job.request;
  return { ...request, ...statusOf(job), ...timesOf(job, (milliseconds) => milliseconds / 1000), ...extra };
}

/**
 * The event. Training gives tags, as a map, and times as strings of milliseconds; processing no tags, and numbers.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export function stateChangeEvent(job: Job) {
  const { Tags = [], ...request } = job.request;
  const isTraining = job.kind === 'training';
  const tags = (Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]); // checked when the job was created
  return {
    source: 'aws.sagemaker',
    detailType: `SageMaker ${isTraining ? 'Training' : 'Processing'} Job State Change`,
    detail: {
      ...request,
      ...statusOf(job),
      ...timesOf(job, isTraining ? String : (milliseconds) => milliseconds),
      ...(isTraining ? { Tags: Object.fromEntries(tags) } : {}),
    },
    resources: [job.arn],
  };
}

function statusOf(job: Job): Record<string, unknown> {
  const failure = job.failureReason === undefined ? {} : { FailureReason: job.failureReason };
  if (job.kind === 'processing') return { ProcessingJobArn: job.arn, ProcessingJobStatus: job.status, ...failure };
  return { TrainingJobArn: job.arn, TrainingJobStatus: job.status, SecondaryStatus: job.secondaryStatus, ...failure };
}

function timesOf(job: Job, time: (milliseconds: number) => unknown): Record<string, unknown> {
  const [start, end] =
    job.kind === 'training' ? ['TrainingStartTime', 'TrainingEndTime'] : ['ProcessingStartTime', 'ProcessingEndTime'];
  return {
    CreationTime: time(job.createdAt),
    LastModifiedTime: time(job.modifiedAt),
    ...(job.startedAt === undefined ? {} : { [start]: time(job.startedAt) }),
    ...(job.endedAt === undefined ? {} : { [end]: time(job.endedAt) }),
  };
}

/** A job in the words of SageMaker's API and of its EventBridge events, which differ in small ways. */
import { type Job, transitionsOf } from './job.ts';
import { TrainingRequest } from './job-requests.ts';

/** Describe: times in seconds, tags left out. */
export function describeJob(job: Job, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const { Tags: _, ...request } = job.request;
  const times = timesOf(job, inSeconds);
  return {
    ...completed(job, request),
    ...statusOf(job),
    ...times,
    ...historyOf(job, inSeconds),
    ...billOf(job),
    ...extra,
  };
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
      ...completed(job, request),
      ...statusOf(job),
      ...timesOf(job, isTraining ? String : (milliseconds) => milliseconds),
      ...historyOf(job, (milliseconds) => milliseconds),
      ...(isTraining ? { Tags: Object.fromEntries(tags) } : {}),
    },
    resources: [job.arn],
  };
}

const inSeconds = (milliseconds: number) => milliseconds / 1000;

/** What SageMaker adds to a training request: its defaults, and where the model lies or will lie. */
function completed({ kind, name }: Job, request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (kind === 'processing') return request;
  const { InputDataConfig, OutputDataConfig } = TrainingRequest.parse(request);
  const S3ModelArtifacts = `${OutputDataConfig.S3OutputPath.replace(/\/$/, '')}/${name}/output/model.tar.gz`;
  const channels = InputDataConfig?.map((channel) => ({
    CompressionType: 'None',
    RecordWrapperType: 'None',
    ...channel,
  }));
  return {
    HyperParameters: {},
    ...request,
    ...(channels === undefined ? {} : { InputDataConfig: channels }),
    ModelArtifacts: { S3ModelArtifacts },
  };
}

function historyOf(job: Job, time: (milliseconds: number) => number): Record<string, unknown> {
  if (job.kind === 'processing') return {};
  const transitions = transitionsOf(job).map(({ status, startedAt, endedAt }) => ({
    Status: status,
    StartTime: time(startedAt),
    ...(endedAt === undefined ? {} : { EndTime: time(endedAt) }),
    StatusMessage: '',
  }));
  return { SecondaryStatusTransitions: transitions };
}

function statusOf(job: Job): Record<string, unknown> {
  const failure = job.failureReason === undefined ? {} : { FailureReason: job.failureReason };
  if (job.kind === 'processing') return { ProcessingJobArn: job.arn, ProcessingJobStatus: job.status, ...failure };
  return { TrainingJobArn: job.arn, TrainingJobStatus: job.status, SecondaryStatus: job.secondaryStatus, ...failure };
}

/** Whole seconds, at least one, from the program's start to the end of the job; no cheaper as spare capacity. Without a start, none. */
function billOf({ kind, startedAt, endedAt }: Job): Record<string, unknown> {
  if (kind === 'processing' || startedAt === undefined || endedAt === undefined) return {};
  const seconds = Math.max(1, Math.round((endedAt - startedAt) / 1000));
  return { TrainingTimeInSeconds: seconds, BillableTimeInSeconds: seconds };
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

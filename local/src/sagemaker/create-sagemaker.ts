/** SageMaker, as far as the two jobs need it: training and processing jobs as processes of this machine. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type JsonAction, jsonService } from '../aws-endpoint/json-protocol.ts';
import { createJobStore, isEnded, type Job, type JobKind, type JobStore } from './job.ts';
import { describeJob, type stateChangeEvent } from './job-events.ts';
import type { Program } from './job-process.ts';
import { createJobRunner, type JobRunner } from './job-runner.ts';
import { lastMetrics } from './metrics.ts';
import { createProcessingFiles } from './processing-files.ts';
import { createTrainingFiles } from './training-files.ts';

export interface SageMakerOptions {
  readonly directory: string;
  readonly region: string;
  readonly accountId: string;
  readonly s3: S3Client;
  /** The program that stands in for a container image; throws for an image that is not known. */
  readonly programOf: (image: string) => Program;
  /** Jobs of a kind that may run at once: the account's quota. */
  readonly quota: Readonly<Record<JobKind, number>>;
  readonly putEvent: (event: ReturnType<typeof stateChangeEvent>) => void;
  readonly log: (message: string) => void;
}

export interface SageMaker {
  readonly handle: ServiceHandler;
  /** Goes on with the jobs of an earlier process. */
  resume(): void;
  /** Follows no job any more; their programs go on and are found again. */
  close(): void;
  /** Where a job's output is written; for people. */
  logOf(name: string): string;
}

export function createSageMaker(options: SageMakerOptions): SageMaker {
  const { directory, s3, programOf, putEvent, log } = options;
  const training = createJobStore(directory, 'training');
  const processing = createJobStore(directory, 'processing');
  const trainer = createJobRunner({ jobs: training, files: createTrainingFiles(s3, programOf), putEvent, log });
  const processor = createJobRunner({ jobs: processing, files: createProcessingFiles(s3, programOf), putEvent, log });
  return {
    handle: jsonService({
      ...trainingActions(training, trainer, options),
      ...processingActions(processing, processor, options),
      ListTags: ({ ResourceArn }) => ({
        Tags: tagsOf(String(ResourceArn), [...training.list(), ...processing.list()]),
      }),
    }),
    resume() {
      trainer.resume();
      processor.resume();
    },
    close() {
      trainer.close();
      processor.close();
    },
    logOf: (name) => (training.read(name) ? training : processing).logOf(name),
  };
}

function trainingActions(jobs: JobStore, runner: JobRunner, options: SageMakerOptions): Record<string, JsonAction> {
  return {
    CreateTrainingJob(request) {
      const name = text(request, 'TrainingJobName');
      need(request, ['AlgorithmSpecification', 'RoleArn', 'OutputDataConfig', 'StoppingCondition', 'ResourceConfig']);
      options.programOf(String((request.AlgorithmSpecification as { TrainingImage?: unknown }).TrainingImage)); // `need` saw that it is there
      const job = create('training', name, request, jobs, options);
      runner.start(job);
      return { TrainingJobArn: job.arn };
    },
    DescribeTrainingJob(request) {
      const job = find(jobs, text(request, 'TrainingJobName'), 'ValidationException');
      const { MetricDefinitions } = job.request.AlgorithmSpecification as { MetricDefinitions?: unknown }; // checked at creation
      return describeJob(job, { FinalMetricDataList: lastMetrics(jobs.logOf(job.name), MetricDefinitions) });
    },
    StopTrainingJob: (request) => stopJob(jobs, runner, text(request, 'TrainingJobName'), 'ValidationException'),
  };
}

function processingActions(jobs: JobStore, runner: JobRunner, options: SageMakerOptions): Record<string, JsonAction> {
  return {
    CreateProcessingJob(request) {
      const name = text(request, 'ProcessingJobName');
      need(request, ['AppSpecification', 'RoleArn', 'ProcessingResources']);
      options.programOf(String((request.AppSpecification as { ImageUri?: unknown }).ImageUri)); // `need` saw that it is there
      const job = create('processing', name, request, jobs, options);
      runner.start(job);
      return { ProcessingJobArn: job.arn };
    },
    DescribeProcessingJob(request) {
      const job = find(jobs, text(request, 'ProcessingJobName'), 'ResourceNotFound');
      return describeJob(job, job.exitMessage === undefined ? {} : { ExitMessage: job.exitMessage });
    },
    StopProcessingJob: (request) => stopJob(jobs, runner, text(request, 'ProcessingJobName'), 'ResourceNotFound'),
  };
}

function create(
  kind: JobKind,
  name: string,
  request: Record<string, unknown>,
  jobs: JobStore,
  options: SageMakerOptions,
): Job {
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name))
    throw new AwsError(
      400,
      'ValidationException',
      `The job name ${name} does not satisfy the pattern [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}.`,
    );
  const arn = `arn:aws:sagemaker:${options.region}:${options.accountId}:${kind}-job/${name}`;
  if (jobs.read(name))
    throw new AwsError(
      400,
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a ${kind} job with this name already exists (${arn})`,
    );
  const limit = options.quota[kind];
  if (jobs.list().filter((job) => !isEnded(job)).length >= limit) {
    throw new AwsError(
      400,
      'ResourceLimitExceeded',
      `The account-level service limit for ${kind} jobs is ${limit} Instances, with current utilization of ${limit} Instances.`,
    );
  }
  const now = Date.now();
  return {
    kind,
    name,
    arn,
    request,
    status: 'InProgress',
    secondaryStatus: 'Starting',
    createdAt: now,
    modifiedAt: now,
  };
}

function stopJob(jobs: JobStore, runner: JobRunner, name: string, missing: string): undefined {
  const job = find(jobs, name, missing);
  if (isEnded(job))
    throw new AwsError(
      400,
      'ValidationException',
      `The request was rejected because the job is in status ${job.status}.`,
    );
  runner.stop(name);
}

/** Training answers an unknown name with ValidationException, processing with ResourceNotFound. */
function find(jobs: JobStore, name: string, missing: string): Job {
  const job = jobs.read(name);
  if (!job) throw new AwsError(400, missing, 'Requested resource not found.');
  return job;
}

function tagsOf(arn: string, jobs: readonly Job[]): unknown {
  return jobs.find((job) => job.arn === arn)?.request.Tags ?? [];
}

function text(request: Record<string, unknown>, member: string): string {
  const value = request[member];
  if (typeof value !== 'string' || value === '')
    throw new AwsError(
      400,
      'ValidationException',
      `Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  return value;
}

function need(request: Record<string, unknown>, members: readonly string[]): void {
  for (const member of members) {
    if (typeof request[member] !== 'string' && typeof request[member] !== 'object')
      throw new AwsError(
        400,
        'ValidationException',
        `Value null at '${member}' failed to satisfy constraint: Member must not be null`,
      );
  }
}

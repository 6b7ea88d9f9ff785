/** SageMaker, as far as the two jobs need it: training and processing jobs as processes of this machine. */
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { type JsonAction, jsonService } from '../aws-endpoint/json-protocol.ts';
import { createJobStore, isEnded, type Job, type JobKind, type JobStore } from './job.ts';
import { describeJob, type stateChangeEvent } from './job-events.ts';
import type { Program } from './job-process.ts';
import { JobName, ProcessingRequest, readRequest, TrainingRequest } from './job-requests.ts';
import { createJobRunner, type JobRunner } from './job-runner.ts';
import { lastMetrics } from './metrics.ts';
import { createProcessingFiles } from './processing-files.ts';
import { createTrainingFiles, type FilesOptions } from './training-files.ts';

export interface SageMakerOptions {
  readonly directory: string;
  readonly region: string;
  readonly accountId: string;
  /** A bucket's client with the rights of a job's role. */
  readonly s3For: (roleArn: string) => S3Client;
  readonly forget?: FilesOptions['forget'];
  /** The program that stands in for a container image; throws for an image that is not known. */
  readonly programOf: (image: string) => Program;
  /** Jobs of a kind that may run at once: the account's quota. */
  readonly quota: Readonly<Record<JobKind, number>>;
  readonly putEvent: (event: ReturnType<typeof stateChangeEvent>) => void;
  readonly log: (message: string) => void;
  /** Between SIGTERM and SIGKILL; two minutes, as SageMaker's, if not given. */
  readonly graceMilliseconds?: number;
  /** Runs the jobs in another way than as processes of this machine. */
  readonly createRunner?: typeof createJobRunner | undefined;
}

export interface SageMaker {
  readonly handle: ServiceHandler;
  /** Goes on with the jobs of an earlier process. */
  resume(): Promise<void>;
  /** Follows no job any more; their programs go on and are found again. */
  close(): Promise<void>;
}

export function createSageMaker(options: SageMakerOptions): SageMaker {
  const { directory, putEvent, log, graceMilliseconds, createRunner = createJobRunner } = options;
  const common = { putEvent, log, graceMilliseconds };
  const training = createJobStore(directory, 'training');
  const processing = createJobStore(directory, 'processing');
  const trainer = createRunner({ ...common, jobs: training, files: createTrainingFiles(options) });
  const processor = createRunner({ ...common, jobs: processing, files: createProcessingFiles(options) });
  return {
    handle: jsonService({
      ...trainingActions(training, trainer, options),
      ...processingActions(processing, processor, options),
      ListTags: (request) => ({ Tags: tagsOf(request, { training, processing }) }),
    }),
    async resume() {
      await trainer.resume();
      await processor.resume();
    },
    async close() {
      await Promise.all([trainer.close(), processor.close()]);
    },
  };
}

function trainingActions(jobs: JobStore, runner: JobRunner, options: SageMakerOptions): Record<string, JsonAction> {
  const named = (request: unknown) => {
    const { TrainingJobName } = readRequest(z.looseObject({ TrainingJobName: JobName }), request);
    // Training answers an unknown name with ValidationException, processing with ResourceNotFound.
    return find(jobs, TrainingJobName, 'ValidationException');
  };
  return {
    CreateTrainingJob(request) {
      const { TrainingJobName, AlgorithmSpecification } = readRequest(TrainingRequest, request);
      checkImage(AlgorithmSpecification.TrainingImage, options);
      const job = newJob('training', TrainingJobName, request, { jobs, runner, options });
      runner.start(job);
      return { TrainingJobArn: job.arn };
    },
    DescribeTrainingJob(request) {
      const job = named(request);
      const { MetricDefinitions = [] } = TrainingRequest.parse(job.request).AlgorithmSpecification;
      return describeJob(job, { FinalMetricDataList: lastMetrics(jobs.logOf(job.name), MetricDefinitions) });
    },
    StopTrainingJob: (request) => stopJob(named(request), runner),
  };
}

function processingActions(jobs: JobStore, runner: JobRunner, options: SageMakerOptions): Record<string, JsonAction> {
  const named = (request: unknown) => {
    const { ProcessingJobName } = readRequest(z.looseObject({ ProcessingJobName: JobName }), request);
    return find(jobs, ProcessingJobName, 'ResourceNotFound');
  };
  return {
    CreateProcessingJob(request) {
      const { ProcessingJobName, AppSpecification } = readRequest(ProcessingRequest, request);
      checkImage(AppSpecification.ImageUri, options);
      const job = newJob('processing', ProcessingJobName, request, { jobs, runner, options });
      runner.start(job);
      return { ProcessingJobArn: job.arn };
    },
    DescribeProcessingJob(request) {
      const job = named(request);
      return describeJob(job, job.exitMessage === undefined ? {} : { ExitMessage: job.exitMessage });
    },
    StopProcessingJob: (request) => stopJob(named(request), runner),
  };
}

function checkImage(image: string, { programOf }: SageMakerOptions): void {
  try {
    programOf(image);
  } catch (error) {
    throw new AwsError(400, 'ValidationException', error instanceof Error ? error.message : String(error));
  }
}

function newJob(
  kind: JobKind,
  name: string,
  request: Record<string, unknown>,
  { jobs, runner, options }: { jobs: JobStore; runner: JobRunner; options: SageMakerOptions },
): Job {
  const arn = `arn:aws:sagemaker:${options.region}:${options.accountId}:${kind}-job/${name}`;
  if (jobs.read(name))
    throw new AwsError(
      400,
      'ResourceInUse',
      `Job name must be unique within an AWS account and region, and a ${kind} job with this name already exists (${arn})`,
    );
  const limit = options.quota[kind];
  if (runner.active >= limit) {
    // This machine counts jobs: it is as many instances as they want to be.
    const instances = limit * instanceCountOf(request);
    throw new AwsError(
      400,
      'ResourceLimitExceeded',
      `The account-level service limit for ${kind} jobs is ${instances} Instances, with current utilization of ${instances} Instances.`,
    );
  }
  const now = Date.now();
  return {
    ...{ kind, name, arn, request },
    ...{ status: 'InProgress', secondaryStatus: 'Starting', createdAt: now, modifiedAt: now },
  };
}

function instanceCountOf(request: Record<string, unknown>): number {
  return TrainingRequest.shape.ResourceConfig.safeParse(request.ResourceConfig).data?.InstanceCount ?? 1;
}

function stopJob(job: Job, runner: JobRunner): undefined {
  if (isEnded(job))
    throw new AwsError(
      400,
      'ValidationException',
      `The request was rejected because the job is in status ${job.status}.`,
    );
  runner.stop(job.name);
}

function find(jobs: JobStore, name: string, missing: string): Job {
  const job = jobs.read(name);
  if (!job) throw new AwsError(400, missing, 'Requested resource not found.');
  return job;
}

function tagsOf(request: unknown, stores: Readonly<Record<JobKind, JobStore>>): unknown {
  const { ResourceArn } = readRequest(z.looseObject({ ResourceArn: z.string() }), request);
  const [, kind, name] = /:(training|processing)-job\/(.*)$/s.exec(ResourceArn) ?? [];
  const known = (kind === 'training' || kind === 'processing') && JobName.safeParse(name).data;
  const job = known ? stores[kind].read(known) : undefined;
  return job?.arn === ResourceArn ? (job.request.Tags ?? []) : [];
}

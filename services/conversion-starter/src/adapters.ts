import {
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
  type DescribeProcessingJobResponse,
  ListTagsCommand,
  type SageMakerClient,
  StopProcessingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { createObjectStore, dynamo, s3, sageMaker } from '@dropforge/aws';
import { processingJobStateChange } from '@dropforge/events';
import { RetryableError, readConfig } from '@dropforge/handler-kit';
import { createDynamoBudgetStore, isJobOf, jobNames } from '@dropforge/pipeline-state';
import { pricesIn } from '@dropforge/recipe/cost';
import { Config, type ConversionConfig } from './config.ts';
import { isEnded } from './end-conversion.ts';
import type { ConversionRequest, JobDescription, Ports, StartResult } from './ports.ts';
import { processingJobInput } from './processing-job-input.ts';

const manifestMaximumBytes = 4 * 1024 * 1024;

/** The ports on AWS. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  const objects = createObjectStore(s3(), config.BUCKET_NAME);
  return {
    names: jobNames(config.STAGE),
    now: () => new Date(),
    budget: createDynamoBudgetStore(dynamo(), config.TABLE_NAME),
    instanceType: config.CONVERSION_INSTANCE_TYPE,
    priceOf: pricesIn(config.AWS_REGION, 'processing', config.INSTANCE_PRICES),
    jobs: createJobs(sageMaker(), config),
    readFile: (key) => objects.read(key, manifestMaximumBytes),
  };
}

/** Processing jobs on SageMaker. */
export function createJobs(client: SageMakerClient, config: ConversionConfig): Ports['jobs'] {
  return {
    async start(request) {
      try {
        await client.send(new CreateProcessingJobCommand(processingJobInput(request, config)));
        return { kind: 'started' };
      } catch (error) {
        if (nameOf(error) === 'ResourceInUse') return claimExisting(client, request, config.STAGE);
        return refusal(error);
      }
    },
    async stop(jobName) {
      try {
        await client.send(new StopProcessingJobCommand({ ProcessingJobName: jobName }));
      } catch (error) {
        // "ValidationException": the job has ended; with "ResourceNotFound" it never was. Both are what we want.
        if (!['ResourceNotFound', 'ValidationException'].includes(nameOf(error)))
          throw new RetryableError('The conversion job could not be stopped.', { cause: error });
      }
    },
    async describe(jobName) {
      try {
        return toDescription(await client.send(new DescribeProcessingJobCommand({ ProcessingJobName: jobName })));
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFound') return undefined;
        throw error;
      }
    },
  };
}

/** The name is taken: by this very run if the tags say so, and then the job is started. */
async function claimExisting(client: SageMakerClient, request: ConversionRequest, stage: string): Promise<StartResult> {
  const job = await client.send(new DescribeProcessingJobCommand({ ProcessingJobName: request.jobName }));
  const { Tags = [] } = await client.send(new ListTagsCommand({ ResourceArn: job.ProcessingJobArn }));
  if (!isJobOf({ ...request, stage }, Tags)) return { kind: 'taken' };
  const { detail } = toDescription(job);
  return isEnded(detail) ? { kind: 'ended', detail } : { kind: 'started' };
}

/** Describe's answer as an event has it: plain data, times as text. */
function toDescription(job: DescribeProcessingJobResponse): JobDescription {
  const detail = processingJobStateChange.detail.parse(JSON.parse(JSON.stringify(job)));
  return { detail, exitMessage: job.ExitMessage };
}

function refusal(error: unknown): StartResult {
  const message = error instanceof Error ? error.message.slice(0, 1_000) || error.name : String(error);
  if (nameOf(error) === 'ResourceLimitExceeded') return { kind: 'refused', code: 'RESOURCE_LIMIT', message };
  if (nameOf(error) === 'ThrottlingException') return { kind: 'refused', code: 'THROTTLING', message };
  throw error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

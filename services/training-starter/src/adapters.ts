import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  type SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { createObjectStore, dynamo, eventBridge, s3, sageMaker } from '@dropforge/aws';
import { trainingJobStateChange } from '@dropforge/events';
import { createPublish, RetryableError, readConfig } from '@dropforge/handler-kit';
import {
  createDynamoBudgetStore,
  createDynamoRunStore,
  createDynamoSlotLedger,
  isJobOf,
  jobNames,
  wakeNext,
} from '@dropforge/pipeline-state';
import { Config, monthlyBudget, slotLimit, type TrainingConfig } from './config.ts';
import { isEnded } from './end-training.ts';
import type { Ports, StartResult, TrainingJobs, TrainingRequest } from './ports.ts';
import { trainingJobInput } from './training-job-input.ts';

/** The ports on AWS. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  const table = config.TABLE_NAME;
  const slots = createDynamoSlotLedger(dynamo(), table, 'training');
  const objects = createObjectStore(s3(), config.BUCKET_NAME);
  const runs = createDynamoRunStore(dynamo(), table);
  const publish = createPublish(eventBridge(), config.BUS_NAME);
  return {
    names: jobNames(config.STAGE),
    now: () => new Date(),
    slots: { ...slots, limitOf: (quota) => slotLimit(config, quota) },
    wake: (runIds) => wakeNext(runIds, { runs, publish, slots }),
    budget: { ...createDynamoBudgetStore(dynamo(), table), limitOf: (project) => monthlyBudget(config, project) },
    jobs: createTrainingJobs(sageMaker(), config),
    modelSize: (key) => objects.size(key),
  };
}

/** Training jobs on SageMaker. */
export function createTrainingJobs(client: SageMakerClient, config: TrainingConfig): TrainingJobs {
  return {
    async start(request) {
      try {
        await client.send(new CreateTrainingJobCommand(trainingJobInput(request, config)));
        return { kind: 'started', instanceType: request.instanceType, spot: request.spot };
      } catch (error) {
        if (nameOf(error) === 'ResourceInUse') return claimExisting(client, request, config.STAGE);
        return refusal(error);
      }
    },
    async stop(jobName) {
      try {
        await client.send(new StopTrainingJobCommand({ TrainingJobName: jobName }));
      } catch (error) {
        // "ValidationException": the job has ended or never was; both are what we want.
        if (!['ResourceNotFound', 'ValidationException'].includes(nameOf(error)))
          throw new RetryableError('The training job could not be stopped.', { cause: error });
      }
    },
    async describe(jobName) {
      try {
        return toDetail(await client.send(new DescribeTrainingJobCommand({ TrainingJobName: jobName })));
      } catch (error) {
        if (['ResourceNotFound', 'ValidationException'].includes(nameOf(error))) return undefined;
        throw error;
      }
    },
  };
}

/** The name is taken: by this very run if the tags say so, and then the job is started. */
async function claimExisting(client: SageMakerClient, request: TrainingRequest, stage: string): Promise<StartResult> {
  const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: request.jobName }));
  const { Tags = [] } = await client.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }));
  if (!isJobOf({ ...request, stage }, Tags)) return { kind: 'taken' };
  const detail = toDetail(job);
  if (isEnded(detail)) return { kind: 'ended', detail };
  const { ResourceConfig, EnableManagedSpotTraining: spot = request.spot } = detail;
  return { kind: 'started', instanceType: ResourceConfig?.InstanceType ?? request.instanceType, spot };
}

/** Describe's answer as an event has it: plain data, times as text. */
function toDetail(description: object) {
  return trainingJobStateChange.detail.parse(JSON.parse(JSON.stringify(description)));
}

function refusal(error: unknown): StartResult {
  const message = error instanceof Error ? error.message.slice(0, 1000) || error.name : String(error);
  if (nameOf(error) === 'ResourceLimitExceeded') {
    const quota = /\bis (\d+) Instances\b/.exec(message)?.[1];
    return { kind: 'refused', code: 'RESOURCE_LIMIT', message, ...(quota ? { quota: Number(quota) } : {}) };
  }
  if (nameOf(error) === 'ThrottlingException') return { kind: 'refused', code: 'THROTTLING', message };
  if (nameOf(error) === 'ValidationException') return { kind: 'unfit', message };
  throw error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

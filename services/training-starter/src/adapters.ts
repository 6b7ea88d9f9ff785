import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  type SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { createObjectStore, dynamo, s3, sageMaker } from '@dropforge/aws';
import { RetryableError, readConfig } from '@dropforge/handler-kit';
import { createDynamoSlotLedger } from '@dropforge/pipeline-state';
import { z } from 'zod';
import type { Ports, StartResult, TrainingJobs, TrainingRequest } from './ports.ts';
import { trainingJobInput } from './training-job-input.ts';

const Config = z.object({
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  TRAINING_ROLE_ARN: z.string().min(1),
  TRAINING_IMAGE_URI: z.string().min(1),
  TRAINING_SLOT_COUNT: z.coerce.number().int().positive(),
});
export type TrainingConfig = z.output<typeof Config>;

/** The ports on AWS. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  const ledger = createDynamoSlotLedger(dynamo(), config.TABLE_NAME, 'training');
  const objects = createObjectStore(s3(), config.BUCKET_NAME);
  const limit = config.TRAINING_SLOT_COUNT;
  return {
    slots: { limit, claim: (runId) => ledger.claim(runId, limit), release: (runId) => ledger.release(runId) },
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
        return { kind: 'started', instanceType: request.instanceType };
      } catch (error) {
        if (nameOf(error) === 'ResourceInUse') return claimExisting(client, request);
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
  };
}

/** The name is taken: by this very run if the tags say so, and then the job is started. */
async function claimExisting(
  client: SageMakerClient,
  { jobName, runId, instanceType: wanted }: TrainingRequest,
): Promise<StartResult> {
  const { TrainingJobArn, ResourceConfig } = await client.send(
    new DescribeTrainingJobCommand({ TrainingJobName: jobName }),
  );
  const { Tags = [] } = await client.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }));
  if (Tags.some((tag) => tag.Key === 'dropforge:run-id' && tag.Value === runId))
    return { kind: 'started', instanceType: ResourceConfig?.InstanceType ?? wanted };
  throw new Error(
    `A training job named ${jobName} exists and was not started for ${runId}; delete it or retry the run.`,
  );
}

function refusal(error: unknown): StartResult {
  const message = error instanceof Error ? error.message.slice(0, 1000) || error.name : String(error);
  if (nameOf(error) === 'ResourceLimitExceeded') return { kind: 'refused', code: 'RESOURCE_LIMIT', message };
  if (nameOf(error) === 'ThrottlingException') return { kind: 'refused', code: 'THROTTLING', message };
  if (nameOf(error) === 'ValidationException') return { kind: 'unfit', message };
  throw error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

import {
  CreateProcessingJobCommand,
  DescribeProcessingJobCommand,
  type SageMakerClient,
  StopProcessingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { createObjectStore, s3, sageMaker } from '@dropforge/aws';
import { RetryableError, readConfig } from '@dropforge/handler-kit';
import { z } from 'zod';
import type { Ports } from './ports.ts';
import { processingJobInput } from './processing-job-input.ts';

const Config = z.object({
  BUCKET_NAME: z.string().min(1),
  CONVERSION_ROLE_ARN: z.string().min(1),
  CONVERSION_IMAGE_URI: z.string().min(1),
  CONVERSION_INSTANCE_TYPE: z.string().min(1),
  CONVERSION_TIMEOUT_SECONDS: z.coerce.number().int().positive(),
});
export type ConversionConfig = z.output<typeof Config>;

const manifestMaximumBytes = 4 * 1024 * 1024;

/** The ports on AWS. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  const objects = createObjectStore(s3(), config.BUCKET_NAME);
  return { jobs: createJobs(sageMaker(), config), readFile: (key) => objects.read(key, manifestMaximumBytes) };
}

/** Processing jobs on SageMaker. */
export function createJobs(client: SageMakerClient, config: ConversionConfig): Ports['jobs'] {
  return {
    async start(request) {
      try {
        await client.send(new CreateProcessingJobCommand(processingJobInput(request, config)));
      } catch (error) {
        if (nameOf(error) === 'ResourceInUse') return; // the name is derived from run and attempt: it is this very job
        if (['ResourceLimitExceeded', 'ThrottlingException'].includes(nameOf(error)))
          throw new RetryableError('SageMaker does not take the conversion now.', { cause: error });
        throw error;
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
    async exitMessage(jobName) {
      return (await client.send(new DescribeProcessingJobCommand({ ProcessingJobName: jobName }))).ExitMessage;
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

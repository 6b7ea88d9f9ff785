/** The documented shapes of AWS's events that start something of ours. */
import type { BusEvent } from '@dropforge/local';
import { z } from 'zod';
import { registrySchema } from './registry-schema.ts';

/** What is wrong with an event, in sentences; none if it is as documented. */
export function checkEvent(event: BusEvent): string[] {
  const { 'detail-type': detailType, detail } = event;
  const schema = details[detailType];
  if (schema === undefined) return [`${detailType}: no shape is known`];
  const found = [envelope.safeParse(event), schema.safeParse(detail)];
  return found.flatMap(({ error }) =>
    (error?.issues ?? []).map(({ path, message }) => `${detailType}: ${path.join('.')}: ${message}`),
  );
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
const envelope = z.strictObject({
  version: z.literal('0'),
  id: z.uuid(),
  'detail-type': z.string().max(128),
  source: z.string().startsWith('aws.'),
  account: z.string().regex(/^\d{12}$/),
  time: z.iso.datetime({ precision: 0 }),
  region: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/),
  resources: z.array(z.string().startsWith('arn:')),
  detail: z.looseObject({}),
});

/** The registry has numbers of milliseconds, the guide's sample of a training event has them as texts. */
const milliseconds = z.union([z.number().int().positive(), z.string().regex(/^\d{13}$/)]);
/** As DescribeTrainingJob has them: an event "mirrors" its answer, and the registry's samples did not have them all. */
const likeDescribe = z.unknown().optional();
const training = 'SageMakerTrainingJobStateChange';
const jobStatus = z.enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']);

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html */
const processingDetail = z.strictObject({
  ProcessingJobName: z.string().max(63),
  ProcessingJobArn: z.string().startsWith('arn:aws:sagemaker:'),
  ProcessingJobStatus: jobStatus,
  ProcessingInputs: z.array(
    z.strictObject({ InputName: z.string(), S3Input: z.looseObject({ S3Uri: z.string(), LocalPath: z.string() }) }),
  ),
  ProcessingOutputConfig: z.strictObject({
    Outputs: z.array(
      z.strictObject({
        OutputName: z.string(),
        S3Output: z.looseObject({ S3Uri: z.string(), LocalPath: z.string(), S3UploadMode: z.string() }),
      }),
    ),
    KmsKeyId: z.string().optional(),
  }),
  ProcessingResources: z.strictObject({
    ClusterConfig: z.looseObject({ InstanceCount: z.int(), InstanceType: z.string(), VolumeSizeInGB: z.int() }),
  }),
  StoppingCondition: z.strictObject({ MaxRuntimeInSeconds: z.int() }),
  AppSpecification: z.looseObject({ ImageUri: z.string() }),
  NetworkConfig: z.looseObject({}).optional(),
  Environment: z.record(z.string(), z.string()).optional(),
  ExperimentConfig: z.looseObject({}).optional(),
  RoleArn: z.string().startsWith('arn:'),
  FailureReason: z.string().max(1_024).optional(),
  CreationTime: z.number(),
  LastModifiedTime: z.number(),
  ProcessingStartTime: z.number().optional(),
  ProcessingEndTime: z.number().optional(),
});

/** https://docs.aws.amazon.com/greengrass/v2/developerguide/deployment-health-notifications.html */
const effectiveDeploymentDetail = z.strictObject({
  deploymentId: z.string(),
  coreDeviceExecutionStatus: z.enum(['FAILED', 'SUCCEEDED', 'COMPLETED', 'REJECTED', 'CANCELED']),
  statusDetails: z.strictObject({ errorStack: z.array(z.string()), errorTypes: z.array(z.string()) }),
  reason: z.string(),
});

const details: Readonly<Record<string, z.ZodType>> = {
  'Object Created': registrySchema('aws.s3', 'Object Created', {
    'ObjectCreated.reason': z.enum(['PutObject', 'POST Object', 'CopyObject', 'CompleteMultipartUpload']),
  }),
  'SageMaker Training Job State Change': registrySchema('aws.sagemaker', 'SageMaker Training Job State Change', {
    [`${training}.TrainingJobStatus`]: jobStatus,
    [`${training}.CreationTime`]: milliseconds,
    [`${training}.LastModifiedTime`]: milliseconds,
    [`${training}.TrainingStartTime`]: milliseconds,
    [`${training}.TrainingEndTime`]: milliseconds,
    // The guide's sample has a map.
    [`${training}.Tags`]: z.record(z.string(), z.string()),
    [`${training}.FailureReason`]: z.string().max(1_024).optional(),
    [`${training}.CheckpointConfig`]: likeDescribe,
    [`${training}.EnableManagedSpotTraining`]: likeDescribe,
    [`${training}.EnableNetworkIsolation`]: likeDescribe,
    [`${training}.EnableInterContainerTrafficEncryption`]: likeDescribe,
    [`${training}.Environment`]: likeDescribe,
    [`${training}.RetryStrategy`]: likeDescribe,
    [`${training}.VpcConfig`]: likeDescribe,
    'AlgorithmSpecification.MetricDefinitions': likeDescribe,
    'AlgorithmSpecification.EnableSageMakerMetricsTimeSeries': likeDescribe,
    'OutputDataConfig.KmsKeyId': likeDescribe,
    'ResourceConfig.VolumeKmsKeyId': likeDescribe,
    'StoppingCondition.MaxWaitTimeInSeconds': likeDescribe,
    // Only where the request says so.
    'SageMakerTrainingJobStateChangeItem.ContentType': z.string().nullable().optional(),
    'SageMakerTrainingJobStateChangeItem.InputMode': likeDescribe,
    'SageMakerTrainingJobStateChangeItem_1.EndTime': milliseconds.optional(),
    'SageMakerTrainingJobStateChangeItem_1.StartTime': milliseconds,
  }),
  'SageMaker Processing Job State Change': processingDetail,
  'Greengrass V2 Effective Deployment Status Change': effectiveDeploymentDetail,
};

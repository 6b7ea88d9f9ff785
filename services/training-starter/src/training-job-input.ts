import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { outputKey, volumeKey, vpcConfig } from '@dropforge/aws';
import { jobTags } from '@dropforge/pipeline-state';
import type { TrainingConfig } from './config.ts';
import { metricDefinitions } from './metric-definitions.ts';
import type { TrainingRequest } from './ports.ts';

/** What the frozen shards, the checkpoints and a model need, with room; no network here has more. */
const volumeGibibytes = 50;
/** SageMaker's own failures are its own to repeat; all tries together keep within the runtime limit. */
const internalErrorRetries = 2;

/**
 * The CreateTrainingJob request.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export function trainingJobInput(request: TrainingRequest, config: TrainingConfig): CreateTrainingJobCommandInput {
  const uri = (prefix: string) => `s3://${config.BUCKET_NAME}/${prefix}`;
  const { instanceType, instanceCount } = request;
  return {
    TrainingJobName: request.jobName,
    RoleArn: config.TRAINING_ROLE_ARN,
    AlgorithmSpecification: {
      TrainingImage: imageFor(instanceType, config),
      TrainingInputMode: 'FastFile',
      MetricDefinitions: metricDefinitions,
    },
    InputDataConfig: [channel('dataset', uri(request.datasetPrefix)), channel('config', uri(request.configPrefix))],
    OutputDataConfig: { S3OutputPath: uri(request.outputPrefix), ...outputKey(config) },
    CheckpointConfig: { S3Uri: uri(request.checkpointPrefix), LocalPath: '/opt/ml/checkpoints' },
    ResourceConfig: {
      InstanceType: instanceType as never, // the SDK's enum lags behind AWS's instance types
      InstanceCount: instanceCount,
      VolumeSizeInGB: volumeGibibytes,
      ...volumeKey(config, instanceType),
    },
    ...capacity(request),
    RetryStrategy: { MaximumRetryAttempts: internalErrorRetries },
    EnableNetworkIsolation: true,
    ...(instanceCount > 1 ? { EnableInterContainerTrafficEncryption: true } : {}),
    ...vpcConfig(config),
    Tags: jobTags({ ...request, stage: config.STAGE }),
  };
}

/** A spot job may take as long as it may run and wait; longer than that, and it is `MaxWaitTimeExceeded`. */
function capacity({ spot, maximumSeconds, spotWaitSeconds }: TrainingRequest) {
  const MaxRuntimeInSeconds = maximumSeconds;
  if (!spot) return { StoppingCondition: { MaxRuntimeInSeconds } };
  return {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds, MaxWaitTimeInSeconds: MaxRuntimeInSeconds + spotWaitSeconds },
  };
}

function imageFor(instanceType: string, { TRAINING_IMAGE_URI, TRAINING_GPU_IMAGE_URI }: TrainingConfig): string {
  const isGpu = /^ml\.(g|p)\d/.test(instanceType);
  return isGpu && TRAINING_GPU_IMAGE_URI ? TRAINING_GPU_IMAGE_URI : TRAINING_IMAGE_URI;
}

function channel(ChannelName: string, S3Uri: string) {
  return {
    ChannelName,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri, S3DataDistributionType: 'FullyReplicated' as const },
    },
  };
}

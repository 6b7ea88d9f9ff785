import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { TrainingConfig } from './adapters.ts';
import type { TrainingRequest } from './ports.ts';

/**
 * The CreateTrainingJob request.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export function trainingJobInput(request: TrainingRequest, config: TrainingConfig): CreateTrainingJobCommandInput {
  const uri = (prefix: string) => `s3://${config.BUCKET_NAME}/${prefix}`;
  return {
    TrainingJobName: request.jobName,
    RoleArn: config.TRAINING_ROLE_ARN,
    AlgorithmSpecification: {
      TrainingImage: config.TRAINING_IMAGE_URI,
      TrainingInputMode: 'FastFile',
      MetricDefinitions: progressMetrics,
    },
    InputDataConfig: [channel('dataset', uri(request.datasetPrefix)), channel('config', uri(request.configPrefix))],
    OutputDataConfig: { S3OutputPath: uri(request.outputPrefix) },
    CheckpointConfig: { S3Uri: uri(request.checkpointPrefix), LocalPath: '/opt/ml/checkpoints' },
    ResourceConfig: { InstanceType: request.instanceType as never, InstanceCount: 1, VolumeSizeInGB: 50 }, // the SDK's enum lags behind AWS's instance types
    ...capacity(request),
    EnableNetworkIsolation: true,
    Tags: [
      { Key: 'dropforge:run-id', Value: request.runId },
      { Key: 'dropforge:attempt', Value: String(request.attempt) },
    ],
  };
}

/** A spot job may wait as long as it may run: longer than that, and it is `MaxWaitTimeExceeded`. */
function capacity({ spot, maximumSeconds }: TrainingRequest) {
  const MaxRuntimeInSeconds = maximumSeconds;
  if (!spot) return { StoppingCondition: { MaxRuntimeInSeconds } };
  return {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds, MaxWaitTimeInSeconds: 2 * MaxRuntimeInSeconds },
  };
}

/**
 * What SageMaker scrapes from the trainer's progress lines, so that DescribeTrainingJob tells how far it is. Numbers only:
 * a loss or an accuracy that is still `nan` is no metric. Not anchored, since nothing says where a line begins.
 */
const progressMetrics = [
  ['step', 'step'],
  ['steps', 'of'],
  ['epoch', 'epoch'],
  ['loss', 'loss'],
  ['accuracy', 'accuracy'],
  ['eta_seconds', 'eta_seconds'],
].map(([Name, field]) => ({ Name, Regex: `progress .*?\\b${field}=([0-9.eE+-]+)` }));

function channel(ChannelName: string, S3Uri: string) {
  return {
    ChannelName,
    DataSource: {
      S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri, S3DataDistributionType: 'FullyReplicated' as const },
    },
  };
}

import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { ConversionConfig } from './adapters.ts';
import type { ConversionRequest } from './ports.ts';

/**
 * The CreateProcessingJob request.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
 */
export function processingJobInput(
  request: ConversionRequest,
  config: ConversionConfig,
): CreateProcessingJobCommandInput {
  const uri = (key: string) => `s3://${config.BUCKET_NAME}/${key}`;
  return {
    ProcessingJobName: request.jobName,
    RoleArn: config.CONVERSION_ROLE_ARN,
    AppSpecification: { ImageUri: config.CONVERSION_IMAGE_URI },
    ProcessingInputs: [input('model', uri(request.modelKey)), input('config', uri(request.configPrefix))],
    ProcessingOutputConfig: {
      Outputs: [
        output('artifact', uri(request.artifactPrefix)),
        output('verification', uri(request.verificationPrefix)),
      ],
    },
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: config.CONVERSION_INSTANCE_TYPE as never, VolumeSizeInGB: 30 }, // the SDK's enum lags behind AWS's instance types
    },
    StoppingCondition: { MaxRuntimeInSeconds: config.CONVERSION_TIMEOUT_SECONDS },
    NetworkConfig: { EnableNetworkIsolation: true },
    Tags: [
      { Key: 'dropforge:run-id', Value: request.runId },
      { Key: 'dropforge:attempt', Value: String(request.attempt) },
    ],
  };
}

function input(InputName: string, S3Uri: string) {
  const LocalPath = `/opt/ml/processing/input/${InputName}`;
  return { InputName, S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix' as const, S3InputMode: 'File' as const } };
}

function output(OutputName: string, S3Uri: string) {
  return {
    OutputName,
    S3Output: { S3Uri, LocalPath: `/opt/ml/processing/output/${OutputName}`, S3UploadMode: 'EndOfJob' as const },
  };
}

import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { outputKey, volumeKey, vpcConfig } from '@dropforge/aws';
import { jobTags } from '@dropforge/pipeline-state';
import type { ConversionConfig } from './config.ts';
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
  const instanceType = config.CONVERSION_INSTANCE_TYPE;
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
      ...outputKey(config),
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: instanceType as never, // the SDK's enum lags behind AWS's instance types
        VolumeSizeInGB: 30,
        ...volumeKey(config, instanceType),
      },
    },
    StoppingCondition: { MaxRuntimeInSeconds: config.CONVERSION_TIMEOUT_SECONDS },
    NetworkConfig: { EnableNetworkIsolation: true, ...vpcConfig(config) },
    Tags: jobTags({ ...request, stage: config.STAGE }),
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

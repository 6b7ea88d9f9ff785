import { expect, it } from 'vitest';
import { Config } from './config.ts';
import type { TrainingRequest } from './ports.ts';
import { trainingJobInput } from './training-job-input.ts';

const environment = {
  ...{ STAGE: 'dev', BUCKET_NAME: 'b', TABLE_NAME: 't', BUS_NAME: 'u', TRAINING_ROLE_ARN: 'r' },
  ...{ TRAINING_IMAGE_URI: 'cpu', TRAINING_GPU_IMAGE_URI: 'gpu', TRAINING_SLOT_COUNT: '1' },
};
const config = Config.parse(environment);
const key = 'arn:aws:kms:eu-west-1:000000000000:key/1';
const request: TrainingRequest = {
  ...{ jobName: 'df-dev-train-x-t1', runId: 'x', project: 'p', attempt: 1 },
  ...{ datasetPrefix: 'd/', configPrefix: 'c/', outputPrefix: 'o/', checkpointPrefix: 'k/' },
  ...{ instanceType: 'ml.c7i.xlarge', instanceCount: 1, spot: false, maximumSeconds: 100, spotWaitSeconds: 60 },
};

it('asks for spare capacity only where the recipe does, with time to wait for it', () => {
  expect(trainingJobInput(request, config)).toMatchObject({ StoppingCondition: { MaxRuntimeInSeconds: 100 } });
  expect(trainingJobInput(request, config)).not.toHaveProperty('EnableManagedSpotTraining');
  const spot = trainingJobInput({ ...request, spot: true }, config);
  // AWS refuses a waiting time shorter than the running time.
  expect(spot).toMatchObject({
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: 100, MaxWaitTimeInSeconds: 160 },
    CheckpointConfig: { S3Uri: 's3://b/k/', LocalPath: '/opt/ml/checkpoints' },
  });
});

it('takes the image for the kind of instance', () => {
  const imageOn = (instanceType: string, settings = config) =>
    trainingJobInput({ ...request, instanceType }, settings).AlgorithmSpecification?.TrainingImage;
  expect(['ml.c7i.xlarge', 'ml.m5.large', 'ml.g5.xlarge', 'ml.p5.4xlarge'].map((type) => imageOn(type))).toEqual([
    ...['cpu', 'cpu'],
    ...['gpu', 'gpu'],
  ]);
  expect(imageOn('ml.g5.xlarge', { ...config, TRAINING_GPU_IMAGE_URI: '' })).toBe('cpu');
});

it('encrypts what several instances say to each other', () => {
  expect(trainingJobInput(request, config)).not.toHaveProperty('EnableInterContainerTrafficEncryption');
  expect(trainingJobInput({ ...request, instanceCount: 2 }, config)).toMatchObject({
    ResourceConfig: { InstanceCount: 2 },
    EnableInterContainerTrafficEncryption: true,
  });
});

it('has AWS repeat what fails inside AWS', () => {
  expect(trainingJobInput(request, config)).toMatchObject({ RetryStrategy: { MaximumRetryAttempts: 2 } });
});

it('has no network and no key of its own unless the deployment says so', () => {
  const plain = trainingJobInput(request, config);
  expect(plain).toMatchObject({ EnableNetworkIsolation: true });
  expect(plain).not.toHaveProperty('VpcConfig');
  expect(JSON.stringify(plain)).not.toContain('Kms');
  const placed = Config.parse({
    ...environment,
    ...{ JOB_SUBNET_IDS: 'subnet-0a1', JOB_SECURITY_GROUP_IDS: 'sg-0b2', JOB_KMS_KEY_ARN: key },
  });
  expect(trainingJobInput(request, placed)).toMatchObject({
    EnableNetworkIsolation: true,
    VpcConfig: { Subnets: ['subnet-0a1'], SecurityGroupIds: ['sg-0b2'] },
    OutputDataConfig: { KmsKeyId: key },
    ResourceConfig: { VolumeKmsKeyId: key },
  });
  expect(trainingJobInput({ ...request, instanceType: 'ml.g5.xlarge' }, placed).ResourceConfig).not.toHaveProperty(
    'VolumeKmsKeyId',
  );
});

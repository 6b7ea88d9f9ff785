import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { jobTags } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createJobs } from './adapters.ts';
import { Config } from './config.ts';
import { processingJobInput } from './processing-job-input.ts';

const runId = 'run-mzxw6ytboi2gk3tdmfza';
const environment = {
  STAGE: 'dev',
  AWS_REGION: 'eu-west-1',
  BUCKET_NAME: 'dropforge',
  TABLE_NAME: 'table',
  CONVERSION_ROLE_ARN: 'arn:aws:iam::000000000000:role/job',
  CONVERSION_IMAGE_URI: 'registry/convert:latest',
  CONVERSION_INSTANCE_TYPE: 'ml.c5.xlarge',
  CONVERSION_TIMEOUT_SECONDS: '3600',
};
const config = Config.parse(environment);
const request = {
  jobName: `df-dev-convert-${runId}-t99999`,
  runId,
  project: 'flowers',
  attempt: 99_999,
  modelKey: `runs/${runId}/model/df-train/output/model.tar.gz`,
  configPrefix: `runs/${runId}/config/t1/`,
  artifactPrefix: `runs/${runId}/artifact/t99999/`,
  verificationPrefix: `runs/${runId}/verification/t99999/`,
};

type Answer = Record<string, unknown> | Error;

/** SageMaker, which answers a command by its name, and every other alike. */
function jobsWith(answer: Answer, byName: Record<string, Answer> = {}) {
  const send = async (command: { constructor: { name: string } }) => {
    const given = byName[command.constructor.name.replace(/Command$/, '')] ?? answer;
    if (given instanceof Error) throw given;
    return given;
  };
  return createJobs({ send } as unknown as SageMakerClient, config); // as much of it as is used
}

const awsError = (name: string) => Object.assign(new Error(`${name}!`), { name });

it('asks for a job within the rules, with the inputs and outputs where the program looks for them', () => {
  const input = processingJobInput(request, config);
  expect(input.ProcessingJobName?.length).toBeLessThanOrEqual(63);
  expect(input.Tags).toEqual(jobTags({ runId, project: 'flowers', stage: 'dev', attempt: 99_999 }));
  expect(input.NetworkConfig).toEqual({ EnableNetworkIsolation: true });
  expect(input.ProcessingInputs?.map(({ S3Input }) => [S3Input?.S3Uri, S3Input?.LocalPath])).toEqual([
    [`s3://dropforge/${request.modelKey}`, '/opt/ml/processing/input/model'],
    [`s3://dropforge/${request.configPrefix}`, '/opt/ml/processing/input/config'],
  ]);
  expect(input.ProcessingOutputConfig?.Outputs?.map(({ S3Output }) => [S3Output?.LocalPath, S3Output?.S3Uri])).toEqual([
    ['/opt/ml/processing/output/artifact', `s3://dropforge/${request.artifactPrefix}`],
    ['/opt/ml/processing/output/verification', `s3://dropforge/${request.verificationPrefix}`],
  ]);
  expect(input.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600 });
});

describe('starting a job', () => {
  it('is done when SageMaker takes it', async () => {
    expect(await jobsWith({}).start(request)).toEqual({ kind: 'started' });
  });

  const existing = (job: Record<string, unknown>, Tags = jobTags({ ...request, stage: 'dev' })) =>
    jobsWith(awsError('ResourceInUse'), {
      DescribeProcessingJob: { ProcessingJobName: request.jobName, ProcessingJobStatus: 'InProgress', ...job },
      ListTags: { Tags },
    }).start(request);

  it('is done when SageMaker has it, with our tags', async () => {
    expect(await existing({})).toEqual({ kind: 'started' });
    expect(await existing({ ProcessingJobStatus: 'Completed', ProcessingEndTime: new Date(9_000) })).toMatchObject({
      kind: 'ended',
      detail: { ProcessingJobStatus: 'Completed', ProcessingEndTime: 9_000 },
    });
  });

  it("is not done by somebody else's job of the same name", async () => {
    for (const Tags of [[], jobTags({ ...request, stage: 'prod' })])
      expect(await existing({}, Tags)).toEqual({ kind: 'taken' });
  });

  it.each([
    ['ResourceLimitExceeded', 'RESOURCE_LIMIT'],
    ['ThrottlingException', 'THROTTLING'],
  ])('is not taken now, which is no error: %s', async (name, code) => {
    expect(await jobsWith(awsError(name)).start(request)).toEqual({ kind: 'refused', code, message: `${name}!` });
  });

  it('passes on what it does not know', async () => {
    await expect(jobsWith(awsError('ValidationException')).start(request)).rejects.toThrow('ValidationException!');
  });
});

describe('stopping a job', () => {
  it.each(['ResourceNotFound', 'ValidationException'])('is done when there is none to stop: %s', async (name) => {
    await expect(jobsWith(awsError(name)).stop('a')).resolves.toBeUndefined();
  });

  it('is worth another try when AWS is down', async () => {
    await expect(jobsWith(awsError('InternalFailure')).stop('a')).rejects.toMatchObject({ name: 'RetryableError' });
  });
});

it('describes a job with what it said at its end, and a job that is not there as none', async () => {
  const job = { ProcessingJobName: 'a', ProcessingJobStatus: 'Completed' };
  expect(await jobsWith({ ...job, ExitMessage: 'converted' }).describe('a')).toEqual({
    ...{ detail: job, exitMessage: 'converted' },
  });
  expect(await jobsWith(awsError('ResourceNotFound')).describe('a')).toBeUndefined();
  await expect(jobsWith(awsError('ThrottlingException')).describe('a')).rejects.toThrow();
});

it('has a network and a key of its own where the deployment says so', () => {
  const JOB_KMS_KEY_ARN = 'arn:aws:kms:eu-west-1:000000000000:key/1';
  const place = { JOB_SUBNET_IDS: 'subnet-0a1', JOB_SECURITY_GROUP_IDS: 'sg-0b2', JOB_KMS_KEY_ARN };
  expect(processingJobInput(request, Config.parse({ ...environment, ...place }))).toMatchObject({
    NetworkConfig: {
      EnableNetworkIsolation: true,
      VpcConfig: { Subnets: ['subnet-0a1'], SecurityGroupIds: ['sg-0b2'] },
    },
    ProcessingOutputConfig: { KmsKeyId: JOB_KMS_KEY_ARN },
    ProcessingResources: { ClusterConfig: { VolumeKmsKeyId: JOB_KMS_KEY_ARN } },
  });
});

import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { createJobs } from './adapters.ts';
import { processingJobInput } from './processing-job-input.ts';

const runId = 'run-mzxw6ytboi2gk3tdmfza';
const config = {
  BUCKET_NAME: 'dropforge',
  CONVERSION_ROLE_ARN: 'arn:aws:iam::000000000000:role/job',
  CONVERSION_IMAGE_URI: 'registry/convert:latest',
  CONVERSION_INSTANCE_TYPE: 'ml.c5.xlarge',
  CONVERSION_TIMEOUT_SECONDS: 3_600,
};
const request = {
  jobName: `df-convert-${runId}-t99999`,
  runId,
  attempt: 99_999,
  modelKey: `runs/${runId}/model/df-train/output/model.tar.gz`,
  configPrefix: `runs/${runId}/config/t1/`,
  artifactPrefix: `runs/${runId}/artifact/t99999/`,
  verificationPrefix: `runs/${runId}/verification/t99999/`,
};

/** SageMaker, which answers every command alike. */
function jobsWith(answer: Record<string, unknown> | Error) {
  const send = async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return createJobs({ send } as unknown as SageMakerClient, config); // as much of it as is used
}

const awsError = (name: string) => Object.assign(new Error(`${name}!`), { name });

it('asks for a job within the rules, with the inputs and outputs where the program looks for them', () => {
  const input = processingJobInput(request, config);
  expect(input.ProcessingJobName?.length).toBeLessThanOrEqual(63);
  expect(input.Tags).toContainEqual({ Key: 'dropforge:run-id', Value: runId });
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
  it.each([[{}], [awsError('ResourceInUse')]])('is done when SageMaker has it: %o', async (answer) => {
    await expect(jobsWith(answer).start(request)).resolves.toBeUndefined();
  });

  it.each(['ResourceLimitExceeded', 'ThrottlingException'])('is worth another try after %s', async (name) => {
    await expect(jobsWith(awsError(name)).start(request)).rejects.toMatchObject({ name: 'RetryableError' });
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

it('reads what the job said at its end', async () => {
  expect(await jobsWith({ ExitMessage: 'converted' }).exitMessage('a')).toBe('converted');
  expect(await jobsWith({}).exitMessage('a')).toBeUndefined();
});

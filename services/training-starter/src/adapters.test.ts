import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { createTrainingJobs } from './adapters.ts';
import { trainingJobInput } from './training-job-input.ts';

const runId = 'run-mzxw6ytboi2gk3tdmfza';
const config = {
  BUCKET_NAME: 'dropforge',
  TABLE_NAME: 'table',
  TRAINING_ROLE_ARN: 'arn:aws:iam::000000000000:role/job',
  TRAINING_IMAGE_URI: 'registry/train:latest',
  TRAINING_SLOT_COUNT: 2,
};
const request = {
  jobName: `df-train-${runId}-t99999`,
  runId,
  project: 'flowers',
  attempt: 99_999,
  datasetPrefix: 'datasets/abab/',
  configPrefix: `runs/${runId}/config/t1/`,
  outputPrefix: `runs/${runId}/model/`,
  checkpointPrefix: `runs/${runId}/checkpoints/`,
  instanceType: 'ml.g5.xlarge',
  spot: false,
  maximumSeconds: 7_200,
};

type Answer = Record<string, unknown> | Error;

/** SageMaker by command name: an answer, or an error to throw. */
function sageMaker(answers: Record<string, Answer>) {
  const sent: string[] = [];
  const send = async (command: { constructor: { name: string } }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    sent.push(name);
    const answer = answers[name] ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, jobs: createTrainingJobs({ send } as unknown as SageMakerClient, config) }; // as much of it as is used
}

const awsError = (name: string) => Object.assign(new Error(`${name}!`), { name });

describe('the request', () => {
  const input = trainingJobInput(request, config);

  it('names the job within SageMaker rules, and says in tags whose it is', () => {
    expect(input.TrainingJobName?.length).toBeLessThanOrEqual(63);
    expect(input.TrainingJobName).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    expect(input.Tags).toEqual([
      { Key: 'dropforge:run-id', Value: runId },
      { Key: 'dropforge:attempt', Value: '99999' },
    ]);
  });

  it('gives the two channels, the outputs and the checkpoints their places', () => {
    const channels = input.InputDataConfig?.map(({ ChannelName, DataSource }) => [
      ChannelName,
      DataSource?.S3DataSource?.S3Uri,
    ]);
    expect(channels).toEqual([
      ['dataset', 's3://dropforge/datasets/abab/'],
      ['config', `s3://dropforge/runs/${runId}/config/t1/`],
    ]);
    expect(input.OutputDataConfig).toEqual({ S3OutputPath: `s3://dropforge/runs/${runId}/model/` });
    expect(input.CheckpointConfig).toEqual({
      S3Uri: `s3://dropforge/runs/${runId}/checkpoints/`,
      LocalPath: '/opt/ml/checkpoints',
    });
    expect(input.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 7_200 });
    expect(input.EnableNetworkIsolation).toBe(true);
  });

  it('reads every number of a progress line, and no number where there is none', () => {
    const scrape = (line: string) =>
      Object.fromEntries(
        (input.AlgorithmSpecification?.MetricDefinitions ?? []).flatMap(({ Name, Regex = '' }) => {
          const found = new RegExp(Regex).exec(line);
          return found ? [[Name, Number(found[1])]] : [];
        }),
      );
    const line = 'progress step=120 of=1800 epoch=1.20 loss=0.6931 accuracy=0.8123 eta_seconds=43';
    expect(scrape(line)).toEqual({
      step: 120,
      steps: 1_800,
      epoch: 1.2,
      loss: Number('0.6931'),
      accuracy: 0.8123,
      eta_seconds: 43,
    });
    expect(scrape('progress step=1 of=1800 epoch=0.00 loss=1e-05 accuracy=nan eta_seconds=0')).toEqual({
      ...{ step: 1, steps: 1_800, epoch: 0, loss: 1e-5, eta_seconds: 0 },
    });
    expect(scrape('loss=3 accuracy=1')).toEqual({});
    for (const { Name = '', Regex = '' } of input.AlgorithmSpecification?.MetricDefinitions ?? [])
      expect(Name.length > 0 && Regex.length <= 500).toBe(true);
  });
});

describe('starting a job', () => {
  it('asks once when all is well', async () => {
    const { sent, jobs } = sageMaker({});
    expect(await jobs.start(request)).toEqual({ kind: 'started', instanceType: 'ml.g5.xlarge' });
    expect(sent).toEqual(['CreateTrainingJob']);
  });

  it('takes a job with our tags for the one that it started before, on the instance that it got', async () => {
    const { jobs } = sageMaker({
      CreateTrainingJob: awsError('ResourceInUse'),
      DescribeTrainingJob: { TrainingJobArn: 'arn:job', ResourceConfig: { InstanceType: 'ml.c7i.xlarge' } },
      ListTags: { Tags: [{ Key: 'dropforge:run-id', Value: runId }] },
    });
    expect(await jobs.start(request)).toEqual({ kind: 'started', instanceType: 'ml.c7i.xlarge' });
  });

  it("does not take somebody else's job of the same name for ours", async () => {
    for (const Tags of [[], [{ Key: 'dropforge:run-id', Value: 'run-aaaaaaaaaaaaaaaaaaaa' }]]) {
      const { jobs } = sageMaker({
        CreateTrainingJob: awsError('ResourceInUse'),
        DescribeTrainingJob: { TrainingJobArn: 'arn:job' },
        ListTags: { Tags },
      });
      await expect(jobs.start(request)).rejects.toThrow(`A training job named ${request.jobName} exists`);
    }
  });

  it.each([
    ['ResourceLimitExceeded', { kind: 'refused', code: 'RESOURCE_LIMIT', message: 'ResourceLimitExceeded!' }],
    ['ThrottlingException', { kind: 'refused', code: 'THROTTLING', message: 'ThrottlingException!' }],
    ['ValidationException', { kind: 'unfit', message: 'ValidationException!' }],
  ])('says what %s means', async (name, result) => {
    expect(await sageMaker({ CreateTrainingJob: awsError(name) }).jobs.start(request)).toEqual(result);
  });

  it('passes on what it does not know', async () => {
    const { jobs } = sageMaker({ CreateTrainingJob: awsError('AccessDeniedException') });
    await expect(jobs.start(request)).rejects.toThrow('AccessDeniedException!');
  });
});

describe('stopping a job', () => {
  it.each(['ResourceNotFound', 'ValidationException'])('is done when there is none to stop: %s', async (name) => {
    await expect(sageMaker({ StopTrainingJob: awsError(name) }).jobs.stop('a')).resolves.toBeUndefined();
  });

  it('is worth another try when AWS is down', async () => {
    const { jobs } = sageMaker({ StopTrainingJob: awsError('InternalFailure') });
    await expect(jobs.stop('a')).rejects.toMatchObject({ name: 'RetryableError' });
  });
});

import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { jobTags } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createTrainingJobs } from './adapters.ts';
import { Config } from './config.ts';
import { trainingJobInput } from './training-job-input.ts';

const runId = 'run-mzxw6ytboi2gk3tdmfza';
const config = Config.parse({
  STAGE: 'dev',
  BUCKET_NAME: 'dropforge',
  TABLE_NAME: 'table',
  BUS_NAME: 'bus',
  TRAINING_ROLE_ARN: 'arn:aws:iam::000000000000:role/job',
  TRAINING_IMAGE_URI: 'registry/train:latest',
  TRAINING_SLOT_COUNT: '2',
});
const request = {
  jobName: `df-dev-train-${runId}-t99999`,
  runId,
  project: 'flowers',
  attempt: 99_999,
  datasetPrefix: 'datasets/abab/',
  configPrefix: `runs/${runId}/config/t1/`,
  outputPrefix: `runs/${runId}/model/`,
  checkpointPrefix: `checkpoints/${runId}/`,
  instanceType: 'ml.g5.xlarge',
  instanceCount: 1,
  spot: false,
  maximumSeconds: 7_200,
  spotWaitSeconds: 3_600,
};
const ours = { TrainingJobArn: 'arn:job', TrainingJobName: request.jobName, TrainingJobStatus: 'InProgress' };

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
    expect(input.Tags).toEqual(jobTags({ runId, project: 'flowers', stage: 'dev', attempt: 99_999 }));
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
      S3Uri: `s3://dropforge/checkpoints/${runId}/`,
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
    expect(await jobs.start(request)).toEqual({ kind: 'started', instanceType: 'ml.g5.xlarge', spot: false });
    expect(sent).toEqual(['CreateTrainingJob']);
  });

  const existing = (job: Record<string, unknown>, Tags: unknown = jobTags({ ...request, stage: 'dev' })) =>
    sageMaker({
      CreateTrainingJob: awsError('ResourceInUse'),
      DescribeTrainingJob: { ...ours, ...job },
      ListTags: { Tags },
    }).jobs.start(request);

  it('takes a job with our tags for the one that it started before, on the instance that it got', async () => {
    const got = {
      ResourceConfig: { InstanceType: 'ml.c7i.xlarge', InstanceCount: 1 },
      EnableManagedSpotTraining: true,
    };
    expect(await existing(got)).toEqual({ kind: 'started', instanceType: 'ml.c7i.xlarge', spot: true });
  });

  it('tells of one that has ended what its event would', async () => {
    const TrainingEndTime = new Date('2026-01-01T00:00:00Z');
    const ended = { TrainingJobStatus: 'Failed', FailureReason: 'CapacityError: none', TrainingEndTime };
    expect(await existing(ended)).toMatchObject({
      kind: 'ended',
      detail: { ...ended, TrainingJobName: request.jobName, TrainingEndTime: TrainingEndTime.getTime() },
    });
  });

  it("does not take somebody else's job of the same name for ours", async () => {
    const tagsOf = (change: object) => jobTags({ ...request, stage: 'dev', ...change });
    for (const Tags of [
      [],
      tagsOf({ runId: 'run-aaaaaaaaaaaaaaaaaaaa' }),
      tagsOf({ stage: 'prod' }),
      tagsOf({ attempt: 1 }),
    ])
      expect(await existing({}, Tags)).toEqual({ kind: 'taken' });
  });

  it('reads the quota that AWS tells of', async () => {
    const message =
      "The account-level service limit 'ml.g5.xlarge for training job usage' is 0 Instances, with current utilization of 0 Instances";
    const error = Object.assign(new Error(message), { name: 'ResourceLimitExceeded' });
    expect(await sageMaker({ CreateTrainingJob: error }).jobs.start(request)).toMatchObject({ quota: 0, message });
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

it('describes a job as its event does, and a job that is not there as none', async () => {
  const { jobs } = sageMaker({ DescribeTrainingJob: { ...ours, CreationTime: new Date(0), BillableTimeInSeconds: 3 } });
  expect(await jobs.describe('a')).toEqual({
    ...{ TrainingJobName: request.jobName, TrainingJobStatus: 'InProgress', BillableTimeInSeconds: 3 },
  });
  for (const name of ['ResourceNotFound', 'ValidationException'])
    expect(await sageMaker({ DescribeTrainingJob: awsError(name) }).jobs.describe('a')).toBeUndefined();
  await expect(
    sageMaker({ DescribeTrainingJob: awsError('ThrottlingException') }).jobs.describe('a'),
  ).rejects.toThrow();
});

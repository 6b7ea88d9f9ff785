/**
 * What SageMaker does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/
 */
import {
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  type SageMakerClient,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: SageMakerClient;
  /** An image whose program ends at once. */
  readonly image: string;
  readonly roleArn: string;
  /** Where models go: `s3://bucket/prefix/`. */
  readonly output: string;
  /** Begins the names of the suite's jobs, which AWS keeps for ever; at most 30 characters. */
  readonly prefix: string;
  dispose(): Promise<void>;
}

const tags = [{ Key: 'dropforge:run-id', Value: 'run-contract' }];
const refused = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
/** The API's pages say ResourceNotFound for both kinds; training jobs are known to answer ValidationException. */
const notFound = {
  name: expect.stringMatching(/^(ResourceNotFound|ValidationException)$/),
  $metadata: { httpStatusCode: 400 },
};
const inUse = { name: 'ResourceInUse', $metadata: { httpStatusCode: 400 } };
const instance = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const;
const states = /^(InProgress|Completed|Stopping|Stopped)$/;

export function describeSageMakerContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps SageMaker's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    describeTraining(() => target);
    describeProcessing(() => target);
  });
}

function describeTraining(target: () => ContractTarget): void {
  const named = (suffix: string) => `${target().prefix}-${suffix}`;
  const create = (TrainingJobName: string, fields: Partial<CreateTrainingJobCommandInput> = {}) =>
    target().client.send(
      new CreateTrainingJobCommand({
        TrainingJobName,
        AlgorithmSpecification: { TrainingImage: target().image, TrainingInputMode: 'File' },
        RoleArn: target().roleArn,
        OutputDataConfig: { S3OutputPath: target().output },
        ResourceConfig: instance,
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
        HyperParameters: { epochs: '1' },
        Tags: tags,
        ...fields,
      }),
    );
  const describeJob = (TrainingJobName: string) =>
    target().client.send(new DescribeTrainingJobCommand({ TrainingJobName }));

  describe('a training job', () => {
    it('is described as it was ordered, with its ARN, its state and its times', async () => {
      const { TrainingJobArn } = await create(named('train'));
      expect(TrainingJobArn).toMatch(
        new RegExp(`^arn:aws:sagemaker:[a-z0-9-]+:\\d{12}:training-job/${named('train')}$`),
      );
      const job = await describeJob(named('train'));
      expect(job).toMatchObject({
        TrainingJobArn,
        HyperParameters: { epochs: '1' },
        OutputDataConfig: { S3OutputPath: target().output },
        ResourceConfig: instance,
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      });
      expect(job.TrainingJobStatus).toMatch(states);
      expect([job.CreationTime, job.LastModifiedTime]).toEqual([expect.any(Date), expect.any(Date)]);
    });

    it('tells its tags apart from its description', async () => {
      const { TrainingJobArn } = await create(named('tags'));
      expect((await target().client.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }))).Tags).toEqual(tags);
      expect(await describeJob(named('tags'))).not.toHaveProperty('Tags');
    });

    it('has its name once, whatever became of it', async () => {
      await create(named('once'));
      await expect(create(named('once'))).rejects.toMatchObject(inUse);
    });

    it.each([
      ['an underscore in its name', (): Promise<unknown> => create(named('a_b'))],
      ['64 characters in its name', (): Promise<unknown> => create('x'.repeat(64))],
      [
        'no time at all',
        (): Promise<unknown> => create(named('t0'), { StoppingCondition: { MaxRuntimeInSeconds: 0 } }),
      ],
      [
        'an output outside S3',
        (): Promise<unknown> => create(named('out'), { OutputDataConfig: { S3OutputPath: '/a' } }),
      ],
    ])('is refused with %s', async (_what, order) => {
      await expect(order()).rejects.toMatchObject(refused);
    });

    it('that was never ordered is not found', async () => {
      await expect(describeJob(named('nobody'))).rejects.toMatchObject(notFound);
    });

    it('that was never ordered cannot be stopped', async () => {
      const stop = new StopTrainingJobCommand({ TrainingJobName: named('nobody') });
      await expect(target().client.send(stop)).rejects.toMatchObject(notFound);
    });
  });
}

function describeProcessing(target: () => ContractTarget): void {
  const named = (suffix: string) => `${target().prefix}-${suffix}`;
  const create = (ProcessingJobName: string) =>
    target().client.send(
      new CreateProcessingJobCommand({
        ProcessingJobName,
        AppSpecification: { ImageUri: target().image },
        RoleArn: target().roleArn,
        ProcessingResources: { ClusterConfig: instance },
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
        Environment: { STAGE: 'contract' },
        Tags: tags,
      }),
    );
  const describeJob = (ProcessingJobName: string) =>
    target().client.send(new DescribeProcessingJobCommand({ ProcessingJobName }));

  describe('a processing job', () => {
    it('is described as it was ordered, with its ARN, its state and its times', async () => {
      const { ProcessingJobArn } = await create(named('convert'));
      expect(ProcessingJobArn).toMatch(
        new RegExp(`^arn:aws:sagemaker:[a-z0-9-]+:\\d{12}:processing-job/${named('convert')}$`),
      );
      const job = await describeJob(named('convert'));
      expect(job).toMatchObject({
        ProcessingJobArn,
        AppSpecification: { ImageUri: target().image },
        Environment: { STAGE: 'contract' },
        ProcessingResources: { ClusterConfig: instance },
      });
      expect(job.ProcessingJobStatus).toMatch(states);
      expect([job.CreationTime, job.LastModifiedTime]).toEqual([expect.any(Date), expect.any(Date)]);
    });

    it('has its name once, whatever became of it', async () => {
      await create(named('convert-once'));
      await expect(create(named('convert-once'))).rejects.toMatchObject(inUse);
    });

    it('is refused with an underscore in its name', async () => {
      await expect(create(named('a_b'))).rejects.toMatchObject(refused);
    });

    it('that was never ordered is not found, to describe and to stop', async () => {
      await expect(describeJob(named('nobody'))).rejects.toMatchObject(notFound);
      const stop = new StopProcessingJobCommand({ ProcessingJobName: named('nobody') });
      await expect(target().client.send(stop)).rejects.toMatchObject(notFound);
    });
  });
}

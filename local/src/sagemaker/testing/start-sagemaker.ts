/** A running stand-in for tests, with a bucket, shell scripts for images, and the events that it sent. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { expect } from 'vitest';
import { sendJsonError } from '../../aws-endpoint/json-protocol.ts';
import { listen } from '../../listen.ts';
import { CREDENTIALS, REGION, startS3 } from '../../s3/testing/start-s3.ts';
import { stateFolder } from '../../testing/state-folder.ts';
import { createSageMaker, type SageMakerOptions } from '../create-sagemaker.ts';
import type { stateChangeEvent } from '../job-events.ts';

export type StateChange = ReturnType<typeof stateChangeEvent>;
type Options = Partial<Pick<SageMakerOptions, 'quota' | 'graceMilliseconds'>>;

/** Everything a test needs; `dispose` ends it. */
export type World = Awaited<ReturnType<typeof startSageMaker>>;

export async function startSageMaker(options: Options = {}) {
  const bucket = await startS3();
  bucket.s3.createBucket('bucket');
  const s3 = bucket.client();
  const directory = stateFolder('sagemaker');
  const scripts = new Map<string, string>();
  const events: StateChange[] = [];
  const logged: string[] = [];
  let gate = Promise.resolve();
  const jobsS3 = bucket.client();
  jobsS3.middlewareStack.add((next) => async (call) => gate.then(() => next(call)), { step: 'initialize' });
  const start = () =>
    createSageMaker({
      quota: { training: 10, processing: 10 },
      ...options,
      ...{ directory, region: REGION, accountId: '000000000000', s3For: () => jobsS3 },
      programOf(image) {
        const script = scripts.get(image);
        if (script === undefined) throw new Error(`There is no program for the image ${image}.`);
        return { command: ['/bin/sh', '-c', script], environment: { PATH: process.env.PATH ?? '' } };
      },
      putEvent: (event) => events.push(event),
      log: (line) => logged.push(line),
    });
  let sageMaker = start();
  const server = createServer((request, response) => {
    Promise.resolve(sageMaker.handle(request, response)).catch((error: unknown) => sendJsonError(response, error));
  });
  const endpoint = await listen(server, 'sagemaker', 0);
  const client = new SageMakerClient({ endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 1 });

  return {
    ...{ client, s3, directory, events, logged },
    /** Makes a shell script an image. */
    image(script: string): string {
      const image = `registry/${randomUUID()}`;
      scripts.set(image, script);
      return image;
    },
    /** Holds every request of the stand-in to the bucket until the result is called. */
    holdBucket(): () => void {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
    /** Lets go of every job, as a killed cloud does; `restart` goes on. */
    leave: () => sageMaker.close(),
    async restart() {
      sageMaker = start();
      await sageMaker.resume();
    },
    put: (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body })),
    /** undefined: there is no such object. */
    async get(Key: string): Promise<Buffer | undefined> {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key }));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async keys(Prefix: string): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket', Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async train(name: string, script: string, request: Partial<CreateTrainingJobCommandInput> = {}) {
      await client.send(new CreateTrainingJobCommand(trainingRequest(name, this.image(script), request)));
    },
    async process(name: string, script: string, request: Partial<CreateProcessingJobCommandInput> = {}) {
      await client.send(new CreateProcessingJobCommand(processingRequest(name, this.image(script), request)));
    },
    describeTraining: (name: string) => client.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
    describeProcessing: (name: string) => client.send(new DescribeProcessingJobCommand({ ProcessingJobName: name })),
    /** The job when it has ended. */
    async trained(name: string) {
      await expect.poll(async () => (await this.describeTraining(name)).TrainingJobStatus, patience).toMatch(ended);
      return this.describeTraining(name);
    },
    async processed(name: string) {
      await expect.poll(async () => (await this.describeProcessing(name)).ProcessingJobStatus, patience).toMatch(ended);
      return this.describeProcessing(name);
    },
    /** What events said of a job, repeats left out. */
    told(name: string): unknown[] {
      const of = events.flatMap(({ detail }) => {
        const { TrainingJobName, ProcessingJobName, TrainingJobStatus, ProcessingJobStatus } = detail as Record<
          string,
          unknown
        >; // the request's members
        return (TrainingJobName ?? ProcessingJobName) === name ? [TrainingJobStatus ?? ProcessingJobStatus] : [];
      });
      return of.filter((status, index) => status !== of[index - 1]);
    },
    async dispose() {
      await sageMaker.close();
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      await bucket.dispose();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const ended = /Completed|Failed|Stopped/;
const patience = { timeout: 30_000, interval: 50 };

export function trainingRequest(
  TrainingJobName: string,
  TrainingImage: string,
  request: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName,
    AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'FastFile' },
    RoleArn: 'arn:aws:iam::000000000000:role/jobs',
    OutputDataConfig: { S3OutputPath: 's3://bucket/out/' },
    ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...request,
  };
}

export function processingRequest(
  ProcessingJobName: string,
  ImageUri: string,
  request: Partial<CreateProcessingJobCommandInput> = {},
): CreateProcessingJobCommandInput {
  return {
    ProcessingJobName,
    AppSpecification: { ImageUri },
    RoleArn: 'arn:aws:iam::000000000000:role/jobs',
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.c5.xlarge', VolumeSizeInGB: 10 },
    },
    ...request,
  };
}

/** A channel of a training job. */
export function channel(ChannelName: string, S3Uri: string) {
  return { ChannelName, DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri } } };
}

export function input(InputName: string, S3Uri: string, LocalPath = `/opt/ml/processing/input/${InputName}`) {
  return { InputName, S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix' as const, S3InputMode: 'File' as const } };
}

export function outputs(...named: [string, string][]) {
  const Outputs = named.map(([OutputName, S3Uri]) => {
    const LocalPath = `/opt/ml/processing/output/${OutputName}`;
    return { OutputName, S3Output: { S3Uri, LocalPath, S3UploadMode: 'EndOfJob' as const } };
  });
  return { Outputs };
}

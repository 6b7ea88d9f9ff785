import {
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type FileLink, ModelView, Progress } from '@dropforge/api-contract';
import { createObjectStore, dynamo, s3, sageMaker, secretsManager } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { bucketKeys, createDynamoDeviceStore, jobNames } from '@dropforge/pipeline-state';
import { createDynamoWebhookStore } from '@dropforge/pipeline-state/webhooks';
import { z } from 'zod';
import type { Ports } from './ports.ts';

const Config = z.object({
  BUCKET_NAME: z.string().min(1),
  TABLE_NAME: z.string().min(1),
  STAGE: z.string().min(1),
  WEBHOOK_KEY_ARN: z.string().min(1),
  WEBHOOK_TEST_ADDRESS: z.literal('127.0.0.1').optional(),
});
const linkSeconds = 3_600;

/** The ports on AWS. */
export function createPorts(): Ports {
  const { BUCKET_NAME: bucket, TABLE_NAME, STAGE, WEBHOOK_KEY_ARN, WEBHOOK_TEST_ADDRESS } = readConfig(Config);
  const client = s3();
  const jobs = sageMaker();
  const table = dynamo();
  const names = jobNames(STAGE);
  return {
    devices: createDynamoDeviceStore(table, TABLE_NAME),
    progressOf: ({ runId, attempt }) => readProgress(jobs, names.of('train', runId, attempt)),
    files: createFiles(client, bucket),
    models: createModels(client, bucket),
    webhooks: {
      store: createDynamoWebhookStore(table, TABLE_NAME),
      stackKey: () => readSecret(WEBHOOK_KEY_ARN),
      testAddress: WEBHOOK_TEST_ADDRESS,
    },
  };
}

/** Webhooks are made rarely: nothing is kept of it. */
async function readSecret(SecretId: string): Promise<string> {
  const { SecretString } = await secretsManager().send(new GetSecretValueCommand({ SecretId }));
  if (!SecretString) throw new Error(`the secret ${SecretId} has no text`);
  return SecretString;
}

function createFiles(client: S3Client, Bucket: string): Ports['files'] {
  return {
    async check() {
      await client.send(new HeadBucketCommand({ Bucket }));
    },
    async uploadLink(Key) {
      const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key }), { expiresIn: linkSeconds });
      return { url, expiresAt: new Date(Date.now() + linkSeconds * 1_000).toISOString() };
    },
    async links(prefixes) {
      const links: FileLink[] = [];
      for (const Prefix of prefixes) {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
          for (const { Key = '', Size = 0 } of page.Contents ?? []) {
            const url = await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn: linkSeconds });
            links.push({ name: Key, bytes: Size, url });
          }
        }
      }
      return links;
    },
  };
}

function createModels(client: S3Client, Bucket: string): Ports['models'] {
  const objects = createObjectStore(client, Bucket);
  return {
    async list() {
      const ids: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: 'models/', Delimiter: '/' })) {
        ids.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix.slice('models/'.length, -1)));
      }
      return ids;
    },
    async read(modelId) {
      const bytes = await objects.read(`${bucketKeys.release(modelId)}release.json`, 4 * 1024 * 1024);
      return bytes && ModelView.parse(JSON.parse(bytes.toString('utf8')));
    },
  };
}

/** SageMaker keeps the last value of every metric that it scraped from the job's output; what is no number is no news. */
export async function readProgress(client: SageMakerClient, TrainingJobName: string): Promise<Progress | undefined> {
  const { FinalMetricDataList = [] } = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  const { eta_seconds: secondsLeft, ...metrics } = Object.fromEntries(
    FinalMetricDataList.flatMap(({ MetricName = '', Value }) => (Number.isFinite(Value) ? [[MetricName, Value]] : [])),
  );
  return Progress.safeParse({ ...metrics, secondsLeft }).data;
}

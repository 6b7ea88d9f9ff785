import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from './start.ts';
import { clientOptions, countedEvents, fixtureFile } from './testing/fixture.ts';
import { stateFolder } from './testing/state-folder.ts';

let directory = '';
let cloud: Cloud;

beforeAll(async () => {
  directory = stateFolder('cloud');
  cloud = await startCloud({ directory, serverlessFile: fixtureFile, firstRetryMilliseconds: 10 });
});

afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true });
});

const counted = (kind: string) => countedEvents(cloud, kind);

async function putEvents(entries: object[], options = {}) {
  const client = new EventBridgeClient({ ...clientOptions(cloud), ...options });
  return client.send(new PutEventsCommand({ Entries: entries }));
}

const thing = (detailType: string) => ({
  Source: 'test',
  DetailType: detailType,
  Detail: '{"size":3}',
  EventBusName: 'fixture-dev',
});

describe('an embedded cloud', () => {
  it('carries an event from PutEvents through a function into the table', async () => {
    const { Entries: [entry] = [] } = await putEvents([thing('thing.counted')]);
    await expect
      .poll(() => counted('thing.counted'), { timeout: 20_000 })
      .toEqual([
        {
          version: '0',
          id: entry?.EventId,
          'detail-type': 'thing.counted',
          source: 'test',
          account: '000000000000',
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
          region: 'eu-west-1',
          resources: [],
          detail: { size: 3 },
        },
      ]);
  });

  it('announces an object of the bucket on the default bus, its key as it is', async () => {
    const s3 = new S3Client(clientOptions(cloud));
    await s3.send(new PutObjectCommand({ Bucket: 'fixture', Key: 'drops/a b+ü.txt', Body: 'x' }));
    await s3.send(new PutObjectCommand({ Bucket: 'fixture', Key: 'elsewhere', Body: 'x' }));
    await expect
      .poll(() => counted('Object Created'), { timeout: 20_000 })
      .toMatchObject([
        {
          source: 'aws.s3',
          detail: {
            bucket: { name: 'fixture' },
            object: { key: 'drops/a b+ü.txt', size: 1, 'version-id': expect.any(String) },
          },
        },
      ]);
  });

  it('retries a function that fails as Lambda does and then leaves a record in its on-failure destination', async () => {
    await putEvents([thing('thing.broken')]);
    const queue = 'fixture-dev-DeadLetters';
    await expect.poll(() => cloud.queues.count(queue), { timeout: 20_000 }).toBe(1);
    const [letter] = cloud.queues.list(queue);
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({
      requestContext: {
        functionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:fixture-dev-fail:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { 'detail-type': 'thing.broken', detail: { size: 3 } },
      responsePayload: { errorType: 'Error', errorMessage: 'always broken' },
    });
  });

  it('hands the messages of a queue to the function that reads it', async () => {
    const sqs = new SQSClient(clientOptions(cloud));
    const queue = cloud.description.queues.find(({ logicalId }) => logicalId === 'Work');
    await sqs.send(new SendMessageCommand({ QueueUrl: queue?.url, MessageBody: 'to be done' }));
    await expect.poll(() => counted('message'), { timeout: 20_000 }).toEqual([{ body: 'to be done' }]);
    await expect.poll(() => cloud.queues.count('fixture-dev-Work'), { timeout: 20_000 }).toBe(0);
  });

  it('generates a secret once and takes another value', async () => {
    const client = new SecretsManagerClient(clientOptions(cloud));
    const id = 'fixture-dev-Token';
    const { SecretString: generated } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    expect(generated).toMatch(/^[A-Za-z0-9]{20}$/);
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: 'mine' }));
    const arn = cloud.description.secrets[0]?.arn;
    expect(await client.send(new GetSecretValueCommand({ SecretId: arn }))).toMatchObject({ SecretString: 'mine' });
  });

  it('refuses an access key that is not its own, and services that it does not have', async () => {
    const stranger = { accessKeyId: 'stranger', secretAccessKey: 'x' };
    await expect(putEvents([thing('thing.counted')], { credentials: stranger })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    const response = await fetch(cloud.endpoints.aws, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=dropforge/20260101/eu-west-1/polly/aws4_request, Signature=0',
      },
    });
    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({
      __type: 'UnknownService',
      message: expect.stringContaining('polly'),
    });
  });

  it('lets no second cloud into its directory and says who has it', async () => {
    const second = startCloud({ directory, serverlessFile: fixtureFile });
    await expect(second).rejects.toMatchObject({
      code: 'DIRECTORY_IN_USE',
      message: expect.stringContaining(`${process.pid}`),
    });
  });

  it('names the port that is taken', async () => {
    const other = stateFolder('cloud');
    const api = Number(new URL(cloud.endpoints.api).port);
    const second = startCloud({ directory: other, serverlessFile: fixtureFile, ports: { api } });
    await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining('--api-port') });
    rmSync(other, { recursive: true });
  });

  it('tells other programs where it answers', () => {
    const file = JSON.parse(readFileSync(path.join(directory, 'cloud.json'), 'utf8'));
    expect(file).toMatchObject({ pid: process.pid, endpoints: cloud.endpoints });
  });
});

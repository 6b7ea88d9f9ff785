import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { fakeClasses, fakeImage, logitsOf, writeFakeRelease } from '@dropforge/edge-agent/testing';
import { modelValidated } from '@dropforge/events';
import { createDynamoDeviceStore, createDynamoRunStore, type Run } from '@dropforge/pipeline-state';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../start.ts';
import { clientOptions } from '../testing/fixture.ts';
import { stateFolder } from '../testing/state-folder.ts';
import { fleetService } from './service.ts';

const serverlessFile = fileURLToPath(new URL('../../../serverless.yml', import.meta.url));
const things = ['device-1', 'device-2'];
let directory: string;
let cloud: Cloud;
let stores: ReturnType<typeof openStores>;

beforeAll(async () => {
  directory = stateFolder('fleet');
  await start();
});
afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true });
});

async function start(): Promise<void> {
  const devices = things.map((thing) => ({ thing, architecture: 'x86_64' as const }));
  const services = [fleetService({ devices, groupName: 'dropforge-devices', watchSeconds: 0.2 })];
  cloud = await startCloud({ directory: join(directory, 'cloud'), serverlessFile, services });
  stores = openStores();
}

function openStores() {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(cloud)));
  const name = cloud.description.tables[0]?.name ?? '';
  return { runs: createDynamoRunStore(table, name), devices: createDynamoDeviceStore(table, name) };
}

/** Puts a made-up model into the bucket and tells the flow that it passed the gate; gives how the run ended. */
async function deliver(seed: number, behaviour: 'good' | 'wrong-later'): Promise<Run['state']> {
  const { release, releasePath, artifactPath } = await writeFakeRelease(join(directory, `model-${seed}`), {
    seed,
    behaviour,
  });
  const s3 = new S3Client({ ...clientOptions(cloud), forcePathStyle: true });
  const Bucket = cloud.description.buckets[0]?.name;
  for (const [file, path] of [
    ['output.tar.gz', artifactPath],
    ['release.json', releasePath],
  ] as const) {
    await s3.send(
      new PutObjectCommand({ Bucket, Key: `models/${release.modelId}/${file}`, Body: await readFile(path) }),
    );
  }
  const { runId, attempt, modelId, modelDigest } = release;
  const deployment = { to: 'dropforge-devices', approval: 'auto' } as const;
  const about = { runId, project: 'flowers', attempt, modelId, modelDigest, deployment };
  const data = modelValidated.data.parse({
    ...about,
    accuracy: 0.9,
    targets: ['x86_64'],
    decisionKey: `models/${modelId}/decision.json`,
  });
  const now = new Date().toISOString();
  const run: Run = {
    ...{ runId, project: 'flowers', attempt, state: 'awaiting-approval', revision: 0, createdAt: now, updatedAt: now },
    ...{ facts: { 'model.validated': data }, history: [], outbox: [], nudges: 0 },
  };
  await stores.runs.write(run);
  const detail = { version: 1, eventId: `${runId}.t1.model.validated`, occurredAt: now, data };
  const [bus = ''] = cloud.description.buses;
  cloud.putEvents([{ source: 'dropforge.model-validator', detailType: 'model.validated', detail, bus }]);
  const state = async () => (await stores.runs.read(runId))?.state;
  await expect.poll(state, { timeout: 40_000, interval: 200 }).toMatch(/^(deployed|failed|rolled-back)$/);
  return (await state()) ?? 'failed';
}

async function expectAllAnswer(seed: number): Promise<void> {
  for (const { report } of await stores.devices.readMany(things)) {
    const body = Buffer.from(fakeImage(3));
    const response = await fetch(`${report?.predictUrl}/predict`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({
      modelId: `flowers-${seed}`,
      logits: logitsOf(fakeImage(3), seed, fakeClasses.length),
    });
  }
}

it('delivers models to devices, takes a broken one back, and goes on after a restart', async () => {
  expect(await deliver(1, 'good')).toBe('deployed');
  await expectAllAnswer(1);
  expect(await deliver(2, 'good')).toBe('deployed');
  await expectAllAnswer(2);
  expect(await deliver(3, 'wrong-later')).toBe('rolled-back');
  await expectAllAnswer(2);

  await cloud.stop();
  const stoppedAt = new Date().toISOString();
  await start();
  const heard = async () => (await stores.devices.list()).filter(({ report }) => (report?.sentAt ?? '') > stoppedAt);
  await expect.poll(heard, { timeout: 30_000, interval: 200 }).toHaveLength(things.length);
  await expectAllAnswer(2);
});

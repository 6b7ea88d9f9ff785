/** What people do at the beginning: groups of devices, and one drop for each run, all at once. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AddThingToThingGroupCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { HeadObjectCommand, NotFound, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Cloud, ownAgent } from '@dropforge/local';
import { runIdOfDrop } from '@dropforge/pipeline-state';
import { zipOf } from '../../../shared/datasets/src/testing/archives.ts';
import { picture } from '../../../shared/datasets/src/testing/pictures.ts';
import { definitionOf, groupOf, type Kind, nameOfRun, recipeOf, thingOf } from '../kinds.ts';

const Bucket = 'dropforge';
const archiveKey = (index: number) => `drops/${nameOfRun(index)}/one/drop.zip`;

/** Run ids by their place; what an earlier, killed process has dropped is not dropped again. */
export async function dropAll(cloud: Cloud, directory: string, count: number): Promise<string[]> {
  const file = join(directory, 'run-ids.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const options = optionsOf(cloud);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const iot = new IoTClient(options);
  await untilThere(s3, 'agents/current.json');
  const places = Array.from({ length: count }, (_, index) => index);
  for (const index of places) if (definitionOf(index).delivered) await createGroup(iot, index);
  const runIds = await Promise.all(places.map(async (index) => drop(s3, index, await archives(definitionOf(index)))));
  writeFileSync(`${file}.new`, JSON.stringify(runIds));
  renameSync(`${file}.new`, file);
  return runIds;
}

export function optionsOf({ endpoints, environment }: Cloud) {
  const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint: endpoints.aws, region, credentials, customUserAgent: ownAgent };
}

async function createGroup(iot: IoTClient, index: number): Promise<void> {
  await iot.send(new CreateThingGroupCommand({ thingGroupName: groupOf(index) }));
  await iot.send(new AddThingToThingGroupCommand({ thingGroupName: groupOf(index), thingName: thingOf(index) }));
}

let healthy: Promise<Buffer> | undefined;
let empty: Promise<Buffer> | undefined;

/** All good drops hold the same few pictures: the dataset version is one, the runs are many. */
function archives({ archive }: Kind): Promise<Buffer> {
  if (archive === 'empty') {
    empty ??= zipOf({});
    return empty;
  }
  healthy ??= (async () => {
    const files: Record<string, Buffer> = {};
    for (const [seed, name] of ['cat/0', 'cat/1', 'cat/2', 'dog/0', 'dog/1', 'dog/2'].entries())
      files[`${name}.jpg`] = await picture(seed);
    return zipOf(files);
  })();
  return healthy;
}

async function drop(s3: S3Client, index: number, Body: Buffer): Promise<string> {
  const Key = archiveKey(index);
  const known = await head(s3, Key);
  if (known) return runIdOfDrop(Bucket, Key, known);
  const recipeKey = `drops/${nameOfRun(index)}/one/recipe.yaml`;
  await s3.send(new PutObjectCommand({ Bucket, Key: recipeKey, Body: recipeOf(index) }));
  const { VersionId = '' } = await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
  return runIdOfDrop(Bucket, Key, VersionId);
}

async function head(s3: S3Client, Key: string): Promise<string | undefined> {
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket, Key }))).VersionId;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

async function untilThere(s3: S3Client, Key: string): Promise<void> {
  while (!(await head(s3, Key))) await new Promise((resolve) => setImmediate(resolve));
}

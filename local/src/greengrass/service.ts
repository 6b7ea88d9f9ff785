/** The fleet of the embedded cloud: IoT, Greengrass, and devices of this machine that run the real agent. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bundleAgent } from '@dropforge/edge-agent';
import type { CloudContext, CloudService } from '../cloud-service.ts';
import { createIot } from '../iot/create-iot.ts';
import { createGreengrass, type DeviceDescription } from './create-greengrass.ts';

export interface FleetOptions {
  readonly devices: readonly DeviceDescription[];
  /** The thing group that all of them are in. */
  readonly groupName: string;
  /** How long a new model is watched before it is trusted; 10 if not given. */
  readonly watchSeconds?: number;
}

/** What starts another architecture's programs here; the folder holds that architecture's C library. */
const emulators = {
  armv7l: 'qemu-arm -L /usr/arm-linux-gnueabihf',
  aarch64: 'qemu-aarch64 -L /usr/aarch64-linux-gnu',
  x86_64: 'qemu-x86_64 -L /usr/x86_64-linux-gnu',
} as const;
const native = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7l' }[process.arch as string]; // other machines emulate all

/** A service of the embedded cloud; see `CloudOptions.services`. */
export function fleetService({ devices, groupName, watchSeconds = 10 }: FleetOptions): CloudService {
  return (context) => {
    const { description, endpoints, credentials, database, register, putEvents, log } = context;
    const { region, accountId } = description;
    const s3 = new S3Client({ endpoint: endpoints.aws, region, forcePathStyle: true, credentials });
    const rules = description.functions.flatMap(({ key, topicRules }) =>
      topicRules.filter(({ enabled }) => enabled).map(({ sql }) => ({ functionKey: key, sql })),
    );
    const dataEndpoint = new URL(endpoints.aws).host;
    const iot = createIot({ ...context, region, accountId, dataEndpoint, rules });
    register('iot', iot.handle);
    register('iotdata', iot.handleData);
    iot.registry.createGroup(groupName);
    for (const { thing } of devices) {
      iot.registry.createThing(thing);
      iot.registry.add(groupName, thing);
    }
    const greengrass = createGreengrass({
      database,
      directory: join(context.directory, 'greengrass'),
      region,
      accountId,
      devices,
      groupsOf: iot.registry.groupsOf,
      environmentForAgents: (device) => environmentFor(device, context, watchSeconds),
      readObject: (bucket, key) => readObject(s3, bucket, key),
      putEvent: (event) => void putEvents([{ ...event, bus: 'default' }]),
      now: () => new Date(),
      log,
    });
    register('greengrass', greengrass.handle);
    const bucketName = description.buckets[0]?.name ?? 'dropforge';
    const published = publishAgent(s3, bucketName, join(context.directory, 'greengrass')).catch((error: Error) =>
      log(`AGENT_NOT_PUBLISHED: models cannot be deployed: ${error.message}`),
    );
    greengrass.start();
    return {
      async close() {
        await greengrass.stop();
        s3.destroy();
        await published;
      },
    };
  };
}

/** Puts the agent where the deployer looks for it; the object of a version never changes. */
export async function publishAgent(s3: S3Client, Bucket: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'agent.mjs');
  const { version, sha256 } = await bundleAgent(file);
  const key = `agents/${version}/agent.mjs`;
  const put = (Key: string, Body: string | Buffer, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  await put(key, await readFile(file), 'text/javascript');
  const pointer = { format: 'dropforge-agents/1', version, key, sha256 };
  await put('agents/current.json', JSON.stringify(pointer), 'application/json');
}

function environmentFor(
  { architecture }: DeviceDescription,
  { credentials, endpoints }: CloudContext,
  watchSeconds: number,
) {
  const prefix = architecture === native ? {} : { DROPFORGE_RUNNER_PREFIX: emulators[architecture] };
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: endpoints.aws,
    DROPFORGE_ARCHITECTURE: architecture,
    DROPFORGE_PREDICT_PORT: '0',
    DROPFORGE_WATCH_SECONDS: String(watchSeconds),
    DROPFORGE_HEARTBEAT_SECONDS: '30',
    ...prefix,
  };
}

async function readObject(s3: S3Client, Bucket: string, Key: string): Promise<Uint8Array | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

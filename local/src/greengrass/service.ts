/** The fleet of the embedded cloud: IoT, Greengrass, and devices of this machine that run the real agent. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type PutObject, publishAgent } from '@dropforge/edge-agent';
import type { CloudContext, CloudService } from '../cloud-service.ts';
import { ownAgent } from '../faults.ts';
import { createIot } from '../iot/create-iot.ts';
import { createGreengrass, type DeviceDescription, type GreengrassOptions } from './create-greengrass.ts';

export interface FleetOptions {
  readonly devices: readonly DeviceDescription[];
  /** The thing group that all of them are in. */
  readonly groupName: string;
  /** How long a new model is watched before it is trusted; 10 if not given. */
  readonly watchSeconds?: number;
  readonly createDevice?: GreengrassOptions['createDevice'];
}

/** What starts another architecture's programs here; the folder holds that architecture's C library. */
const emulators = {
  armv7l: 'qemu-arm -L /usr/arm-linux-gnueabihf',
  fpga: 'qemu-arm -L /usr/arm-linux-gnueabihf',
  aarch64: 'qemu-aarch64 -L /usr/aarch64-linux-gnu',
  x86_64: 'qemu-x86_64 -L /usr/x86_64-linux-gnu',
} as const;
const native = { x64: 'x86_64', arm64: 'aarch64', arm: 'armv7l' }[process.arch as string]; // other machines emulate all

/** A service of the embedded cloud; see `CloudOptions.services`. */
export function fleetService({ devices, groupName, watchSeconds = 10, createDevice }: FleetOptions): CloudService {
  return (context) => {
    const { description, endpoints, credentials, database, register, putEvents, log } = context;
    const { region, accountId } = description;
    const settings = { endpoint: endpoints.aws, region, forcePathStyle: true, customUserAgent: ownAgent };
    const s3 = new S3Client({ ...settings, credentials });
    const clients = new Map(
      devices.map(({ thing }) => [
        thing,
        new S3Client({ ...settings, credentials: deviceCredentials(thing, context) }),
      ]),
    );
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
    const signingKeys = provisionKeys(context);
    const greengrass = createGreengrass({
      database,
      directory: join(context.directory, 'greengrass'),
      region,
      accountId,
      devices,
      groupsOf: iot.registry.groupsOf,
      environmentForAgents: (device) => environmentFor(device, context, signingKeys, watchSeconds),
      readObject: (bucket, key) => readObject(s3, bucket, key),
      readObjectAs:
        ({ thing }) =>
        (bucket, key) =>
          readObject(clients.get(thing) ?? s3, bucket, key),
      putEvent: (event) => void putEvents([{ ...event, bus: 'default' }]),
      now: () => new Date(),
      log,
      createDevice,
    });
    register('greengrass', greengrass.handle);
    const Bucket = description.buckets[0]?.name ?? 'dropforge';
    const put: PutObject = (Key, Body, ContentType) =>
      s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
    const published = publishAgent(put, join(context.directory, 'greengrass')).catch((error: Error) =>
      log(`AGENT_NOT_PUBLISHED: models cannot be deployed: ${error.message}`),
    );
    greengrass.start();
    return {
      async close() {
        await greengrass.stop();
        for (const client of [s3, ...clients.values()]) client.destroy();
        await published;
      },
    };
  };
}

/** What a person copies to a device when they set it up. */
function provisionKeys({ directory, keys }: CloudContext): string {
  const file = join(directory, 'greengrass', 'signing-keys.pem');
  mkdirSync(join(directory, 'greengrass'), { recursive: true });
  writeFileSync(file, keys.publicPem());
  return file;
}

function environmentFor(
  { thing, architecture }: DeviceDescription,
  context: CloudContext,
  signingKeys: string,
  watchSeconds: number,
) {
  const { endpoints } = context;
  const credentials = deviceCredentials(thing, context);
  const engine = architecture === 'fpga' ? { DF_ENGINE: process.env.DF_ENGINE ?? '' } : {};
  const prefix = architecture === native ? {} : { DROPFORGE_RUNNER_PREFIX: emulators[architecture] };
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: endpoints.aws,
    DROPFORGE_ARCHITECTURE: architecture,
    DROPFORGE_SIGNING_KEYS: signingKeys,
    DROPFORGE_PREDICT_PORT: '0',
    DROPFORGE_WATCH_SECONDS: String(watchSeconds),
    DROPFORGE_HEARTBEAT_SECONDS: '30',
    ...prefix,
    ...engine,
  };
}

/**
 * The token exchange gives each device the one role, with the device's own name to tell it apart.
 * https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
 */
function deviceCredentials(thing: string, { description, identities }: CloudContext) {
  const role = description.roles.find(({ trusts }) => trusts.includes('credentials.iot.amazonaws.com'));
  return identities.assumeRole(role, thing, { 'credentials-iot:ThingName': thing });
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

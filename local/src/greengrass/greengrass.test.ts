import { readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CancelDeploymentCommand,
  ConflictException,
  CreateComponentVersionCommand,
  CreateDeploymentCommand,
  DescribeComponentCommand,
  GetComponentCommand,
  GetCoreDeviceCommand,
  GetDeploymentCommand,
  GreengrassV2Client,
  ListComponentVersionsCommand,
  ListCoreDevicesCommand,
  ListDeploymentsCommand,
  ListEffectiveDeploymentsCommand,
  paginateListDeployments,
  TagResourceCommand,
  ValidationException,
} from '@aws-sdk/client-greengrassv2';
import { coreDeviceOf, greengrassDeploymentStatusChange } from '@dropforge/events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAwsEndpoint } from '../aws-endpoint/aws-endpoint.ts';
import type { EventInput } from '../bus/event-bus.ts';
import { stateFolder } from '../testing/state-folder.ts';
import { createGreengrass, type Greengrass } from './create-greengrass.ts';

const group = 'arn:aws:iot:eu-west-1:000000000000:thinggroup/fleet';
let directory: string;
let server: Server;
let client: GreengrassV2Client;
let greengrass: Greengrass;
let objects: Map<string, string>;
let events: EventInput[];
let heard: () => void = () => undefined;
let register: (name: string, handler: Greengrass['handle']) => void;

beforeEach(async () => {
  directory = stateFolder('greengrass');
  objects = new Map([['bucket/one.txt', 'one']]);
  events = [];
  const endpoint = createAwsEndpoint({ accessKeyId: 'test', ready: Promise.resolve(), onError: console.error });
  server = endpoint.server;
  register = endpoint.register;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
  startCloud();
  client = new GreengrassV2Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterEach(async () => {
  await greengrass.stop();
  client.destroy();
  server.close();
  await rm(directory, { recursive: true });
});

/** Starts Greengrass on the directory, as the first time or again. */
function startCloud(): void {
  greengrass = createGreengrass({
    database: new DatabaseSync(join(directory, 'state.sqlite')),
    directory,
    region: 'eu-west-1',
    accountId: '000000000000',
    devices: [
      { thing: 'device-1', architecture: 'x86_64' },
      { thing: 'mute', architecture: 'armv7l', silent: true },
    ],
    groupsOf: () => ['fleet'],
    environmentForAgents: () => ({}),
    readObject: async (bucket, key) => {
      const text = objects.get(`${bucket}/${key}`);
      return text === undefined ? undefined : Buffer.from(text);
    },
    putEvent(event) {
      events.push(event);
      heard();
    },
    now: () => new Date(),
    log: () => undefined,
  });
  register('greengrass', greengrass.handle);
  greengrass.start();
}

async function nextEvent() {
  while (events.length === 0) await new Promise<void>((resolve) => (heard = resolve));
  const { source, detailType, detail, resources = [] } = events.shift() as EventInput; // just seen
  expect({ source, detailType }).toEqual({
    source: greengrassDeploymentStatusChange.source,
    detailType: greengrassDeploymentStatusChange.detailType,
  });
  return { ...greengrassDeploymentStatusChange.detail.parse(detail), thing: coreDeviceOf(resources) };
}

function recipe(version: string, script: string, fields: Record<string, unknown> = {}) {
  const manifest = {
    Platform: { os: 'linux', architecture: 'amd64', runtime: '*' },
    Artifacts: [{ Uri: 's3://bucket/one.txt' }],
    Lifecycle: { run: { Script: script } },
  };
  const head = { RecipeFormatVersion: '2020-01-25', ComponentName: 'demo', ComponentVersion: version };
  return Buffer.from(JSON.stringify({ ...head, Manifests: [manifest], ...fields }));
}

async function deploy(version: string, script: string): Promise<string> {
  await client.send(new CreateComponentVersionCommand({ inlineRecipe: recipe(version, script) }));
  const order = {
    targetArn: group,
    components: { demo: { componentVersion: version } },
    clientToken: `token-${version}`,
  };
  const { deploymentId = '' } = await client.send(new CreateDeploymentCommand(order));
  return deploymentId;
}

const arn = (version: string) => `arn:aws:greengrass:eu-west-1:000000000000:components:demo:versions:${version}`;
const writesStart = (name: string) =>
  `cat "{artifacts:path}/one.txt" >> started; echo " ${name} {iot:thingName}" >> started; exec sleep 600`;
const started = () => readFile(join(directory, 'devices', 'device-1', 'work', 'demo', 'started'), 'utf8');

describe('components', () => {
  it('are created once and described as the SDK reads them', async () => {
    const tags = { 'dropforge:run-id': 'run-a' };
    const created = await client.send(
      new CreateComponentVersionCommand({ inlineRecipe: recipe('1.0.1', 'true'), tags }),
    );
    expect(created.arn).toBe(arn('1.0.1'));
    const again = client.send(new CreateComponentVersionCommand({ inlineRecipe: recipe('1.0.1', 'true') }));
    await expect(again).rejects.toThrow(ConflictException);
    await client.send(new TagResourceCommand({ resourceArn: arn('1.0.1'), tags: { more: 'yes' } }));
    const described = await client.send(new DescribeComponentCommand({ arn: arn('1.0.1') }));
    expect(described).toMatchObject({ status: { componentState: 'DEPLOYABLE' }, tags: { ...tags, more: 'yes' } });
    const { recipe: bytes = new Uint8Array() } = await client.send(new GetComponentCommand({ arn: arn('1.0.1') }));
    expect(Buffer.from(bytes).toString()).toContain(
      '"Digest":"dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ctgp7JY5k="'.slice(0, 10),
    );
    const listed = await client.send(new ListComponentVersionsCommand({ arn: arn('').replace(':versions:', '') }));
    expect(listed.componentVersions?.map(({ componentVersion }) => componentVersion)).toEqual(['1.0.1']);
  });

  it.each([
    ['an artifact that is not there', { Manifests: [{ Artifacts: [{ Uri: 's3://bucket/two.txt' }] }] }],
    ['a key in the wrong case', { Manifests: undefined, manifests: [] }],
    ['a version that is none', { ComponentVersion: 'latest' }],
  ])('are refused for %s', async (_, fields) => {
    const inlineRecipe = recipe('1.0.1', 'true', fields);
    await expect(client.send(new CreateComponentVersionCommand({ inlineRecipe }))).rejects.toThrow(ValidationException);
  });
});

describe('a deployment', () => {
  it('runs the component on the devices of the group and says so on the bus', async () => {
    const deploymentId = await deploy('1.0.1', writesStart('first'));
    expect(await nextEvent()).toMatchObject({
      thing: 'device-1',
      deploymentId,
      coreDeviceExecutionStatus: 'SUCCEEDED',
    });
    expect(await started()).toBe('one first device-1\n');
    const effective = await client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'device-1' }));
    expect(effective.effectiveDeployments?.[0]).toMatchObject({ deploymentId, coreDeviceExecutionStatus: 'SUCCEEDED' });
    const mute = await client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'mute' }));
    expect(mute.effectiveDeployments?.[0]?.coreDeviceExecutionStatus).toBe('QUEUED');
    expect((await client.send(new ListCoreDevicesCommand({}))).coreDevices).toHaveLength(2);
    expect((await client.send(new GetCoreDeviceCommand({ coreDeviceThingName: 'device-1' }))).status).toBe('HEALTHY');
  });

  it('with the same token is the same one, and a new one takes its place', async () => {
    const first = await deploy('1.0.1', writesStart('first'));
    await nextEvent();
    const components = { demo: { componentVersion: '1.0.1' } };
    const repeat = new CreateDeploymentCommand({ targetArn: group, components, clientToken: 'token-1.0.1' });
    expect((await client.send(repeat)).deploymentId).toBe(first);
    const second = await deploy('1.0.2', writesStart('second'));
    await nextEvent();
    expect((await client.send(new GetDeploymentCommand({ deploymentId: first }))).deploymentStatus).toBe('INACTIVE');
    const { deployments } = await client.send(new ListDeploymentsCommand({ targetArn: group }));
    expect(deployments?.map(({ deploymentId }) => deploymentId)).toEqual([second]);
    await client.send(new CancelDeploymentCommand({ deploymentId: second }));
    expect((await client.send(new GetDeploymentCommand({ deploymentId: second }))).deploymentStatus).toBe('CANCELED');
  });

  it('are listed page by page', async () => {
    for (let index = 0; index < 5; index++) {
      const targetArn = `arn:aws:iot:eu-west-1:000000000000:thinggroup/group-${index}`;
      await client.send(new CreateDeploymentCommand({ targetArn }));
    }
    const listed: unknown[] = [];
    for await (const { deployments = [] } of paginateListDeployments({ client, pageSize: 2 }, {})) {
      expect(deployments.length).toBeLessThanOrEqual(2);
      listed.push(...deployments.map(({ targetArn }) => targetArn?.slice(-1)));
    }
    expect(listed).toEqual(['4', '3', '2', '1', '0']);
  });

  it('of a component that breaks fails, and the one before runs again', async () => {
    await deploy('1.0.1', writesStart('good'));
    await nextEvent();
    const deploymentId = await deploy('1.0.2', 'exit 7');
    expect(await nextEvent()).toMatchObject({
      deploymentId,
      coreDeviceExecutionStatus: 'FAILED',
      reason: 'demo 1.0.2 is broken',
    });
    expect(await started()).toBe('one good device-1\none good device-1\n');
  });

  it('whose artifact changed after the component was created fails', async () => {
    await client.send(new CreateComponentVersionCommand({ inlineRecipe: recipe('1.0.1', 'sleep 600') }));
    objects.set('bucket/one.txt', 'another');
    await client.send(
      new CreateDeploymentCommand({ targetArn: group, components: { demo: { componentVersion: '1.0.1' } } }),
    );
    expect((await nextEvent()).reason).toMatch(/has changed/);
  });

  it('of a component that does not exist is refused', async () => {
    const order = new CreateDeploymentCommand({
      targetArn: group,
      components: { demo: { componentVersion: '9.9.9' } },
    });
    await expect(client.send(order)).rejects.toThrow(/does not exist/);
  });

  it('is not done again after a restart; its component runs again', async () => {
    const deploymentId = await deploy('1.0.1', writesStart('once'));
    await nextEvent();
    await greengrass.stop();
    startCloud();
    await expect.poll(started).toBe('one once device-1\none once device-1\n');
    expect((await client.send(new GetDeploymentCommand({ deploymentId }))).deploymentStatus).toBe('ACTIVE');
    expect(events).toEqual([]);
  });

  it('that was under way at a kill is finished by the next start, and the orphan is ended first', async () => {
    const deploymentId = await deploy('1.0.1', `echo $$ >> pids; exec sleep 600`);
    const pids = async () =>
      (await readFile(join(directory, 'devices', 'device-1', 'work', 'demo', 'pids'), 'utf8')).trim().split('\n');
    await expect.poll(() => pids().catch(() => [])).toHaveLength(1);
    const [orphan] = await pids();
    const killed = greengrass; // never told: its processes stay
    startCloud();
    expect(await nextEvent()).toMatchObject({ deploymentId, coreDeviceExecutionStatus: 'SUCCEEDED' });
    expect(() => process.kill(Number(orphan), 0)).toThrow(/ESRCH/);
    await killed.stop();
  });
});

import { verify } from 'node:crypto';
import { modelApproved, modelValidated, type Target } from '@dropforge/events';
import { RetryableError } from '@dropforge/handler-kit';
import { describe, expect, it } from 'vitest';
import { componentNameOf } from './component-recipe.ts';
import { deployModel } from './deploy-model.ts';
import { createFakePorts, validatedRun } from './fake-ports.ts';
import { requestDeployment } from './request-deployment.ts';
import { startDeployment } from './start-deployment.ts';

const heartbeat = (thing: string, architecture: Target) =>
  ({
    thing,
    status: 'alive',
    architecture,
    agentVersion: '1',
    activeModel: null,
    sentAt: '2026-01-01T00:00:00.000Z',
  }) as const;

describe('a deployment', () => {
  it('is one component version and one deployment to the whole group, tagged with the run', async () => {
    const { ports, created, orders } = createFakePorts();
    const event = await deployModel(validatedRun(), ports);
    expect(event).toMatchObject({
      name: 'deployment.started',
      data: { componentName: 'dropforge.model.flowers', componentVersion: '1.0.1', devices: ['device-a', 'device-b'] },
    });
    const { recipe } = created.get('dropforge.model.flowers 1.0.1') ?? {};
    expect(recipe?.Manifests.map(({ Name, Platform }) => [Name, Platform.runtime])).toEqual([
      ['x86_64', '*'],
      ['aarch64', '*'],
      ['armv7l', '*'],
    ]);
    expect(recipe?.Manifests[0]?.Artifacts.map(({ Uri }) => Uri)).toEqual([
      's3://dropforge/agents/0.1.0-abc/agent.mjs',
      's3://dropforge/models/flowers-ababababab/output.tar.gz',
      's3://dropforge/models/flowers-ababababab/release.json',
    ]);
    expect(orders[0]?.tags).toEqual({ 'dropforge:run-id': 'run-mzxw6ytboi2gk3tdmfza', 'dropforge:attempt': '1' });
    expect(orders[0]?.clientToken).toMatch(/^[a-zA-Z0-9-]{1,64}$/);
  });

  it('carries what the devices are told to take, signed', async () => {
    const { ports, created, publicKey } = createFakePorts();
    await deployModel(validatedRun({ attempt: 3 }), ports);
    const { recipe } = created.get('dropforge.model.flowers 1.0.1') ?? {};
    const scripts = new Set(recipe?.Manifests.map(({ Lifecycle }) => Lifecycle.run.Script));
    const [header = '', payload = '', signature = ''] =
      /--delivery "([\w.-]+)"/.exec([...scripts].join())?.[1]?.split('.') ?? [];
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify(null, Buffer.from(`${header}.${payload}`), publicKey, bytes)).toBe(true);
    const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(decode(header)).toEqual({ alg: 'EdDSA' });
    const { modelId, modelDigest, runId } = modelValidated.example;
    expect(decode(payload)).toEqual({
      ...{ format: 'dropforge-delivery/1', counter: 1, runId, attempt: 3 },
      ...{ modelId, modelDigest, releaseDigest: 'ef'.repeat(32) },
      ...{ issuedAt: '2026-01-01T00:10:00.000Z', expiresAt: '2027-01-01T00:10:00.000Z' },
    });
  });

  it('of an older model has a higher counter all the same', async () => {
    const { ports, created, releases } = createFakePorts();
    const older = { modelId: 'flowers-older', modelDigest: '01'.repeat(32), digest: '02'.repeat(32) };
    releases.set(older.modelId, older);
    await deployModel(validatedRun(), ports);
    await deployModel(validatedRun({ runId: 'run-aaaaaaaaaaaaaaaaaaaa' }, older), ports);
    const { recipe } = created.get('dropforge.model.flowers 1.0.2') ?? {};
    const [, payload = ''] = recipe?.Manifests[0]?.Lifecycle.run.Script.match(/--delivery "[\w-]+\.([\w-]+)/) ?? [];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(claims).toMatchObject({ counter: 2, modelId: 'flowers-older' });
  });

  it('gives the same version and the same deployment when it is repeated', async () => {
    const { ports, orders } = createFakePorts();
    const first = await deployModel(validatedRun(), ports);
    expect(await deployModel(validatedRun(), ports)).toEqual(first);
    expect(orders).toHaveLength(1);
  });

  it('gives a retry a higher version', async () => {
    const { ports } = createFakePorts();
    await deployModel(validatedRun(), ports);
    const retried = await deployModel(validatedRun({ attempt: 2 }), ports);
    expect(retried).toMatchObject({ data: { attempt: 2, componentVersion: '1.0.2', deploymentId: 'deployment-2' } });
  });

  it('leaves what other projects deployed to the same group on the devices', async () => {
    const { ports, orders } = createFakePorts();
    await deployModel(validatedRun({ project: 'birds', runId: 'run-aaaaaaaaaaaaaaaaaaaa' }), ports);
    await deployModel(validatedRun(), ports);
    expect(orders[1]?.components).toEqual({
      'dropforge.model.birds': { componentVersion: '1.0.1' },
      'dropforge.model.flowers': { componentVersion: '1.0.2' },
    });
  });

  it.each([
    ['an empty group', [], 'NO_DEVICES'],
    ['no group', undefined, 'NO_DEVICES'],
    [
      'more devices than an event may name',
      Array.from({ length: 1_001 }, (_, index) => `d${index}`),
      'GROUP_TOO_LARGE',
    ],
    [
      'devices whose names are too long for one run',
      Array.from({ length: 1_000 }, (_, index) => `${'d'.repeat(124)}${index}`),
      'GROUP_TOO_LARGE',
    ],
  ])('is refused for %s, with what to do', async (_, things, code) => {
    const { ports, groups, orders } = createFakePorts();
    groups.delete('dropforge-devices');
    if (things) groups.set('dropforge-devices', things);
    const event = await deployModel(validatedRun(), ports);
    expect(event).toMatchObject({
      name: 'deployment.failed',
      data: { reasons: [{ code, action: expect.any(String) }] },
    });
    expect(orders).toEqual([]);
  });

  it('is refused when a device has an architecture that was not built', async () => {
    const { ports, devices } = createFakePorts();
    await devices.record(heartbeat('device-a', 'x86_64'));
    await devices.record(heartbeat('device-b', 'aarch64'));
    const event = await deployModel(validatedRun(), ports);
    expect(event).toMatchObject({ name: 'deployment.failed', data: { reasons: [{ code: 'TARGET_MISSING' }] } });
    expect(JSON.stringify(event)).toContain('device-b (aarch64)');
  });

  it('goes to a device with the accelerator by either build, and to none without it by that one alone', async () => {
    const deliver = async (architecture: 'armv7l' | 'fpga', targets: Target[]) => {
      const { ports, devices } = createFakePorts();
      await devices.record(heartbeat('device-a', architecture));
      const run = validatedRun();
      const facts = { ...run.facts, 'model.validated': { ...run.facts['model.validated'], targets } };
      return (await deployModel({ ...run, facts }, ports)).name;
    };
    expect(await deliver('fpga', ['armv7l'])).toBe('deployment.started');
    expect(await deliver('fpga', ['fpga'])).toBe('deployment.started');
    expect(await deliver('armv7l', ['fpga'])).toBe('deployment.failed');
  });

  it('is refused when the release in the bucket is not what was validated', async () => {
    const { ports, releases } = createFakePorts();
    const other = { modelId: 'flowers-ababababab', modelDigest: 'cd'.repeat(32), digest: 'ef'.repeat(32) };
    releases.set(other.modelId, other);
    expect(await deployModel(validatedRun(), ports)).toMatchObject({
      data: { reasons: [{ code: 'DIGEST_MISMATCH' }] },
    });
    releases.clear();
    expect(await deployModel(validatedRun(), ports)).toMatchObject({
      data: { reasons: [{ code: 'RELEASE_MISSING' }] },
    });
  });

  it('is refused without an agent in the bucket', async () => {
    const { ports, world } = createFakePorts();
    world.agent = undefined;
    expect(await deployModel(validatedRun(), ports)).toMatchObject({ data: { reasons: [{ code: 'AGENT_MISSING' }] } });
  });

  it('is tried again while Greengrass looks at the component, and fails with its reason', async () => {
    const { ports, world } = createFakePorts();
    world.componentState = 'pending';
    await expect(deployModel(validatedRun(), ports)).rejects.toThrow(RetryableError);
    world.componentState = { failed: 'the artifact is not there' };
    const event = await deployModel(validatedRun(), ports);
    expect(event).toMatchObject({ data: { reasons: [{ code: 'COMPONENT_REFUSED' }] } });
  });
});

describe('what follows from a validated model', () => {
  const event = (deployment: (typeof modelValidated.example)['deployment']) =>
    modelValidated.of({ ...modelValidated.example, targets: [...modelValidated.example.targets], deployment });
  const to = 'dropforge-devices';

  it('is nothing more when the recipe asks for no deployment', async () => {
    const { ports } = createFakePorts();
    const next = await requestDeployment(event(null), ports, validatedRun({}, { deployment: null }));
    expect(next?.name).toBe('deployment.skipped');
  });

  it('is a deployment when the recipe approves it itself', async () => {
    const { ports } = createFakePorts();
    const next = await requestDeployment(event({ to, approval: 'auto' }), ports, validatedRun());
    expect(next?.name).toBe('deployment.started');
  });

  it('is waiting for a person otherwise', async () => {
    const { ports, orders } = createFakePorts();
    expect(await requestDeployment(event({ to, approval: 'manual' }), ports, validatedRun())).toBeUndefined();
    expect(orders).toEqual([]);
  });
});

describe('an approval', () => {
  it('deploys the very model that was approved', async () => {
    const { ports } = createFakePorts();
    const next = await startDeployment(
      modelApproved.of(modelApproved.example),
      ports,
      validatedRun({ state: 'approved' }),
    );
    expect(next?.name).toBe('deployment.started');
  });

  it('of another digest deploys nothing', async () => {
    const { ports, orders } = createFakePorts();
    const approved = modelApproved.of({ ...modelApproved.example, modelDigest: 'cd'.repeat(32) });
    const next = await startDeployment(approved, ports, validatedRun({ state: 'approved' }));
    expect(next).toMatchObject({ name: 'deployment.failed', data: { reasons: [{ code: 'APPROVAL_MISMATCH' }] } });
    expect(orders).toEqual([]);
  });
});

describe('the component of a project', () => {
  it('is named after it, and never after two', () => {
    expect(componentNameOf('flowers')).toBe('dropforge.model.flowers');
    const names = ['Flowers', 'flowers!', 'Ünïcode 猫', '猫', '犬', 'a'.repeat(100)].map(componentNameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^dropforge\.model\.[a-z0-9-]{1,100}$/);
  });
});

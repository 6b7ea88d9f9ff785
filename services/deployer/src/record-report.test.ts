import {
  type AgentReport,
  deploymentStarted,
  greengrassDeploymentStatusChange,
  modelValidated,
} from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { concludeDeployment } from './conclude-deployment.ts';
import { deployModel } from './deploy-model.ts';
import { createFakePorts, validatedRun } from './fake-ports.ts';
import { recordDeploymentStatus } from './record-deployment-status.ts';
import { recordReport } from './record-report.ts';

const { runId, modelId, modelDigest } = modelValidated.example;
const reason = { code: 'SELF_TEST_FAILED', message: 'The golden images gave other logits.' };
const candidate = { modelId, modelDigest, runId, attempt: 1 };

/** A deployment to two devices that is under way. */
async function deploying() {
  const fakes = createFakePorts();
  const event = await deployModel(validatedRun(), fakes.ports);
  const data = deploymentStarted.data.parse(event.data);
  const run = validatedRun({ state: 'deploying' });
  const deployingRun = { ...run, facts: { ...run.facts, 'deployment.started': data } };
  const runs = { read: async (id: string) => (id === runId ? deployingRun : undefined) };
  const say = (thing: string, status: AgentReport['status'], fields: Partial<AgentReport> = {}) =>
    recordReport(
      {
        thing,
        status,
        architecture: 'armv7l',
        agentVersion: '1',
        activeModel: null,
        candidate,
        sentAt: '2026-01-01T00:05:00.000Z',
        ...fields,
      },
      fakes.ports,
      runs,
    );
  const greengrassSays = (thing: string, detail: Record<string, unknown>) =>
    recordDeploymentStatus(
      {
        detail: greengrassDeploymentStatusChange.detail.parse({ deploymentId: data.deploymentId, ...detail }),
        resources: [`arn:aws:greengrass:us-west-2:000000000000:coreDevices:${thing}`],
        time: '2026-01-01T00:06:00Z',
      },
      fakes.ports,
      runs,
    );
  return { ...fakes, run: deployingRun, data, say, greengrassSays };
}

describe('a report', () => {
  it('ends the deployment when the last device commits', async () => {
    const { say } = await deploying();
    expect(await say('device-a', 'committed')).toBeUndefined();
    expect(await say('device-b', 'installed')).toBeUndefined();
    const end = await say('device-b', 'committed');
    expect(end).toMatchObject({
      runId,
      event: { name: 'deployment.completed', data: { devices: ['device-a', 'device-b'] } },
    });
  });

  it('that says reverted rolls the deployment back once all have answered', async () => {
    const { say } = await deploying();
    expect(await say('device-a', 'reverted', { reason })).toBeUndefined();
    const end = await say('device-b', 'committed');
    expect(end?.event).toMatchObject({ name: 'deployment.rolled-back', data: { devices: ['device-a'] } });
  });

  it('from a clock that runs ahead does not outlive later ones', async () => {
    const { say, devices } = await deploying();
    await say('device-a', 'failed', { reason, sentAt: '2036-01-01T00:00:00.000Z' });
    expect((await devices.read('device-a'))?.verdict?.at).toBe('2026-01-01T00:10:00.000Z');
  });
});

describe('a deployment that is written down late', () => {
  it('waits for its devices, and fails when one stays silent too long', async () => {
    const { ports, run, data, devices, world } = await deploying();
    await devices.recordVerdict('device-a', {
      runId,
      attempt: 1,
      outcome: 'committed',
      modelDigest,
      at: '2026-01-01T00:01:00.000Z',
    });
    expect(await concludeDeployment(deploymentStarted.of(data), ports, run)).toBeUndefined();
    world.now = new Date('2026-01-02T00:00:01Z');
    const end = await concludeDeployment(deploymentStarted.of(data), ports, run);
    expect(end).toMatchObject({
      name: 'deployment.failed',
      data: { reasons: [{ code: 'DEVICE_SILENT', where: 'device-b' }] },
    });
  });

  it('is ended by what its devices said before', async () => {
    const { ports, run, data, devices } = await deploying();
    for (const thing of data.devices) {
      await devices.recordVerdict(thing, {
        runId,
        attempt: 1,
        outcome: 'committed',
        modelDigest,
        at: '2026-01-01T00:01:00.000Z',
      });
    }
    const end = await concludeDeployment(deploymentStarted.of(data), ports, run);
    expect(end?.name).toBe('deployment.completed');
  });
});

describe('what Greengrass says', () => {
  it.each([
    ['deploymentId', {}],
    ['deployment-id with a leading space', { deploymentId: undefined, 'deployment-id': ' deployment-1' }],
  ])('fails a device whatever spelling the id has: %s', async (_, id) => {
    const { say, greengrassSays } = await deploying();
    await say('device-a', 'committed');
    const end = await greengrassSays('device-b', {
      ...id,
      coreDeviceExecutionStatus: 'FAILED',
      reason: 'component broken',
    });
    expect(end?.event).toMatchObject({
      name: 'deployment.failed',
      data: { reasons: [{ code: 'GREENGRASS_FAILED', where: 'device-b' }] },
    });
  });

  it('is not enough for success: the agent must say which model answers', async () => {
    const { say, greengrassSays, devices } = await deploying();
    await say('device-a', 'committed');
    expect(await greengrassSays('device-b', { coreDeviceExecutionStatus: 'SUCCEEDED' })).toBeUndefined();
    expect(await devices.read('device-b')).toBeUndefined();
  });

  it('does not overrule the agent', async () => {
    const { say, greengrassSays } = await deploying();
    await say('device-a', 'committed');
    await say('device-b', 'reverted', { reason });
    const end = await greengrassSays('device-b', { coreDeviceExecutionStatus: 'REJECTED' });
    expect(end?.event.name).toBe('deployment.rolled-back');
  });

  it('about a deployment or a device that is not ours changes nothing', async () => {
    const { greengrassSays, devices } = await deploying();
    expect(
      await greengrassSays('device-a', { deploymentId: 'another', coreDeviceExecutionStatus: 'FAILED' }),
    ).toBeUndefined();
    expect(await greengrassSays('stranger', { coreDeviceExecutionStatus: 'FAILED' })).toBeUndefined();
    expect(await devices.list()).toEqual([]);
  });
});

import { deploymentStarted, modelValidated } from '@dropforge/events';
import type { Device, DeviceVerdict, Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { deploymentOutcome, overdueDeployment } from './deployment-outcome.ts';

const { runId, project } = deploymentStarted.example;
const startedAt = '2026-01-01T00:00:00.000Z';
const digest = modelValidated.example.modelDigest;
const run: Run = {
  runId,
  project,
  state: 'deploying',
  attempt: 1,
  revision: 9,
  createdAt: startedAt,
  updatedAt: startedAt,
  facts: {
    'model.validated': modelValidated.example,
    'deployment.started': { ...deploymentStarted.example, devices: ['a', 'b'] },
  },
  history: [{ at: startedAt, event: 'deployment.started', attempt: 1, from: 'approved', to: 'deploying' }],
  outbox: [],
  nudges: 0,
};
const device = (thing: string, outcome: DeviceVerdict['outcome'], fields: Partial<DeviceVerdict> = {}): Device => ({
  thing,
  verdict: { runId, attempt: 1, outcome, modelDigest: digest, at: '2026-01-01T00:01:00.000Z', ...fields },
});
const reason = { code: 'SELF_TEST_FAILED', message: 'The golden images gave other logits.' };

describe('the outcome of a deployment', () => {
  it('is open while a device has not answered', () => {
    expect(deploymentOutcome(run, [device('a', 'committed')])).toBeUndefined();
    expect(deploymentOutcome(run, [device('a', 'failed', { reason })])).toBeUndefined();
  });

  it('is completed when every device committed this very model', () => {
    const outcome = deploymentOutcome(run, [device('b', 'committed'), device('a', 'committed')]);
    expect(outcome).toMatchObject({ name: 'deployment.completed', data: { devices: ['a', 'b'] } });
  });

  it('is failed when a device committed another model than the approved one', () => {
    const wrong = device('b', 'committed', { modelDigest: 'cd'.repeat(32) });
    const outcome = deploymentOutcome(run, [device('a', 'committed'), wrong]);
    expect(outcome).toMatchObject({ name: 'deployment.failed', data: { reasons: [{ code: 'WRONG_MODEL' }] } });
  });

  it('is rolled back when all answered and one went back, with the device in the reason', () => {
    const outcome = deploymentOutcome(run, [device('a', 'committed'), device('b', 'reverted', { reason })]);
    expect(outcome).toMatchObject({
      name: 'deployment.rolled-back',
      data: { devices: ['b'], reasons: [{ code: 'SELF_TEST_FAILED', where: 'b' }] },
    });
  });

  it('does not count what a device said about an earlier attempt', () => {
    const earlier = device('b', 'committed', { attempt: 2 });
    expect(deploymentOutcome(run, [device('a', 'committed'), earlier])).toBeUndefined();
  });

  it('concerns only runs that are deploying', () => {
    const done = { ...run, state: 'deployed' as const };
    expect(deploymentOutcome(done, [device('a', 'committed'), device('b', 'committed')])).toBeUndefined();
    expect(overdueDeployment(done, [], new Date('2027-01-01'), 60)).toBeUndefined();
  });
});

describe('an overdue deployment', () => {
  const day = 86_400;

  it('waits for its devices until the time is over', () => {
    expect(overdueDeployment(run, [], new Date('2026-01-01T23:59:00Z'), day)).toBeUndefined();
  });

  it('fails then, and names the device that never answered', () => {
    const outcome = overdueDeployment(run, [device('a', 'committed')], new Date('2026-01-02T00:00:01Z'), day);
    expect(outcome).toMatchObject({
      name: 'deployment.failed',
      data: { reasons: [{ code: 'DEVICE_SILENT', where: 'b' }] },
    });
    expect(JSON.stringify(outcome)).toContain('b did not answer within 24 hours.');
  });

  it('says so when a later deployment took its place', () => {
    const later = device('b', 'committed', { runId: 'run-aaaaaaaaaaaaaaaaaaaa' });
    const outcome = overdueDeployment(run, [device('a', 'committed'), later], new Date('2026-01-03'), day);
    expect(outcome).toMatchObject({ data: { reasons: [{ code: 'DEPLOYMENT_OVERTAKEN' }] } });
  });

  it('is completed at once when all had answered and only the news was lost', () => {
    const all = [device('a', 'committed'), device('b', 'committed')];
    expect(overdueDeployment(run, all, new Date('2026-01-01T00:02:00Z'), day)?.name).toBe('deployment.completed');
  });
});

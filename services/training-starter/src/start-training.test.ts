import { configRendered } from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { createFakePorts, runIn } from './fake-ports.ts';
import { startTraining } from './start-training.ts';
import { stopTraining } from './stop-training.ts';

const rendered = configRendered.of({
  ...configRendered.example,
  targets: ['x86_64'],
  instanceTypes: ['ml.g5.xlarge', 'ml.c7i.xlarge'],
});
const { runId, dataset } = rendered.data;
const configured = runIn('configured');

describe('a rendered configuration', () => {
  it('starts a job whose name, inputs and outputs follow from the run and the attempt', async () => {
    const { ports, requests } = createFakePorts();
    const event = await startTraining(rendered, ports, configured);
    expect(event).toMatchObject({
      name: 'training.started',
      data: { runId, attempt: 1, jobName: `df-train-${runId}-t1`, instanceType: 'ml.g5.xlarge' },
    });
    expect(requests).toEqual([
      {
        runId,
        project: 'flowers',
        attempt: 1,
        jobName: `df-train-${runId}-t1`,
        datasetPrefix: `datasets/${dataset}/`,
        configPrefix: `runs/${runId}/config/t1/`,
        outputPrefix: `runs/${runId}/model/`,
        checkpointPrefix: `runs/${runId}/checkpoints/`,
        instanceType: 'ml.g5.xlarge',
        spot: false,
        maximumSeconds: 7_200,
      },
    ]);
  });

  it('keeps its slot, and keeps the same one when the event comes again', async () => {
    const { ports, hasFreeSlot } = createFakePorts(2);
    await startTraining(rendered, ports, configured);
    await startTraining(rendered, ports, configured);
    expect(await hasFreeSlot()).toBe(true);
  });

  it('goes on from the configuration that an earlier attempt rendered', async () => {
    const { ports, requests } = createFakePorts();
    const retried = { ...rendered, data: { ...rendered.data, attempt: 2 } };
    await startTraining(retried, ports, runIn('configured', { attempt: 2 }));
    expect(requests[0]).toMatchObject({
      jobName: `df-train-${runId}-t2`,
      configPrefix: `runs/${runId}/config/t1/`,
      checkpointPrefix: `runs/${runId}/checkpoints/`,
    });
  });
});

describe('a run waits', () => {
  it('for a slot when all are taken, and asks SageMaker for nothing', async () => {
    const { ports, ledger, requests } = createFakePorts();
    await ledger.claim('another run', 1);
    expect(await startTraining(rendered, ports, configured)).toMatchObject({
      name: 'training.queued',
      data: { reasons: [{ code: 'RESOURCE_LIMIT', message: 'All 1 training slots are taken.' }] },
    });
    expect(requests).toEqual([]);
  });

  it.each([
    ['RESOURCE_LIMIT', 'training.queued'],
    ['THROTTLING', 'training.deferred'],
    ['CAPACITY_ERROR', 'training.deferred'],
  ] as const)('when AWS answers %s, and gives its slot back meanwhile', async (code, name) => {
    const { ports, world, hasFreeSlot } = createFakePorts();
    world.answer = { kind: 'refused', code, message: 'Not now.' };
    const event = await startTraining(rendered, ports, configured);
    expect(event).toMatchObject({ name, data: { reasons: [{ code, message: 'Not now.' }] } });
    expect(await hasFreeSlot()).toBe(true);
  });

  it.each(['waiting-quota', 'waiting-capacity'] as const)('where it is, if it is %s already', async (state) => {
    const { ports, world, ledger } = createFakePorts();
    world.answer = { kind: 'refused', code: 'THROTTLING', message: 'Not now.' };
    expect(await startTraining(rendered, ports, runIn(state))).toBeUndefined();
    await ledger.claim('another run', 1);
    expect(await startTraining(rendered, ports, runIn(state))).toBeUndefined();
  });

  it('no longer than until AWS takes the job', async () => {
    const { ports } = createFakePorts();
    expect(await startTraining(rendered, ports, runIn('waiting-quota'))).toMatchObject({ name: 'training.started' });
  });
});

it('takes the next instance type after each job that failed for want of capacity, and the first again after the last', async () => {
  const deferred = {
    at: '2026-01-01T00:00:00.000Z',
    event: 'training.deferred',
    attempt: 1,
    to: 'waiting-capacity',
  } as const;
  const failures = (count: number) => Array.from({ length: count }, () => ({ ...deferred, from: 'training' as const }));
  const { ports, requests } = createFakePorts();
  for (const count of [0, 1, 2]) {
    const throttled = { ...deferred, from: 'configured' as const }; // no job failed
    const history = [throttled, ...failures(count)];
    await startTraining(rendered, ports, runIn('waiting-capacity', { history }));
  }
  expect(requests.map(({ instanceType }) => instanceType)).toEqual(['ml.g5.xlarge', 'ml.c7i.xlarge', 'ml.g5.xlarge']);
});

it('ends the run when AWS finds the request itself at fault, in the words of AWS', async () => {
  const { ports, world, hasFreeSlot } = createFakePorts();
  world.answer = { kind: 'unfit', message: "1 validation error: Value 'ml.dream' at 'instanceType'." };
  expect(await startTraining(rendered, ports, configured)).toMatchObject({
    name: 'training.failed',
    data: { reasons: [{ code: 'JOB_REFUSED', message: expect.stringContaining('ml.dream') }] },
  });
  expect(await hasFreeSlot()).toBe(true);
});

it('stops the job of a cancelled run and gives its slot back', async () => {
  const { ports, stopped, hasFreeSlot } = createFakePorts();
  await startTraining(rendered, ports, configured);
  await stopTraining({ name: 'run.cancelled', data: { runId, project: 'flowers', attempt: 1, by: 'ana' } }, ports);
  expect(stopped).toEqual([`df-train-${runId}-t1`]);
  expect(await hasFreeSlot()).toBe(true);
});

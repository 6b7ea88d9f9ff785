import { configRendered, trainingDeferred } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createFakePorts, jobDetail, otherRun, runIn } from './fake-ports.ts';
import { startTraining } from './start-training.ts';

const rendered = configRendered.of({
  ...configRendered.example,
  targets: ['x86_64'],
  instanceTypes: ['ml.g5.xlarge', 'ml.c7i.xlarge'],
  usdPerHour: { 'ml.g5.xlarge': 1.6 },
});
const { runId, dataset } = rendered.data;
const jobName = `df-dev-train-${runId}-t1`;
const configured = runIn('configured');
const withTerms = (terms: Partial<typeof rendered.data>) => ({ ...rendered, data: { ...rendered.data, ...terms } });
const throttled = { kind: 'refused', code: 'THROTTLING', message: 'Not now.' } as const;
const overQuota = (quota?: number) =>
  ({
    kind: 'refused',
    code: 'RESOURCE_LIMIT',
    message: 'Not now.',
    ...(quota === undefined ? {} : { quota }),
  }) as const;

/** A run whose last job had no capacity. */
const deferred = (next: number, fields: Partial<Run> = {}, since = '2026-01-01T00:00:00.000Z') =>
  runIn('waiting-capacity', {
    facts: { 'training.deferred': { ...trainingDeferred.example, next, waitingSince: since } },
    ...fields,
  });

describe('a rendered configuration', () => {
  it('starts a job whose name, inputs and outputs follow from the run and the attempt', async () => {
    const { ports, requests } = createFakePorts();
    const event = await startTraining(rendered, ports, configured);
    expect(event).toMatchObject({
      name: 'training.started',
      data: { runId, attempt: 1, jobName, instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: false },
    });
    expect(requests).toEqual([
      {
        ...{ runId, project: 'flowers', attempt: 1, jobName },
        datasetPrefix: `datasets/${dataset}/`,
        configPrefix: `runs/${runId}/config/t1/`,
        outputPrefix: `runs/${runId}/model/`,
        checkpointPrefix: expect.stringContaining(runId),
        ...{ instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: false },
        ...{ maximumSeconds: 7_200, spotWaitSeconds: 3_600 },
      },
    ]);
  });

  it('keeps its slot and its money, and keeps the same when the event comes again', async () => {
    const { ports, hasFreeSlot, budget, world } = createFakePorts(2);
    for (let time = 0; time < 2; time++) await startTraining(rendered, ports, configured);
    expect(await hasFreeSlot()).toBe(true);
    expect(await budget.read('flowers', world.now)).toMatchObject({ reservedUsd: 0.4 });
  });

  it('goes on from the configuration that an earlier attempt rendered', async () => {
    const { ports, requests } = createFakePorts();
    await startTraining(withTerms({ attempt: 2 }), ports, runIn('configured', { attempt: 2 }));
    expect(requests[0]).toMatchObject({
      jobName: `df-dev-train-${runId}-t2`,
      configPrefix: `runs/${runId}/config/t1/`,
    });
  });

  it('settles a job that it finds already ended', async () => {
    const { ports, world, hasFreeSlot, budget } = createFakePorts();
    const detail = jobDetail({
      ...{ TrainingJobName: jobName, TrainingJobStatus: 'Completed', BillableTimeInSeconds: 450 },
      ResourceConfig: { InstanceType: 'ml.g5.xlarge', InstanceCount: 1 },
    });
    world.answers = [{ kind: 'ended', detail }];
    const run = runIn('configured', { facts: { 'config.rendered': rendered.data } });
    expect(await startTraining(rendered, ports, run)).toMatchObject({
      name: 'training.completed',
      data: { cost: { usd: 0.2 } },
    });
    expect(await hasFreeSlot()).toBe(true);
    expect(await budget.read('flowers', world.now)).toMatchObject({ reservedUsd: 0, spentUsd: 0.2 });
  });
});

describe('a run waits', () => {
  it('for a slot when all are taken, asks SageMaker for nothing, and is known to wait', async () => {
    const { ports, ledger, takeSlot, requests, budget, world } = createFakePorts();
    await takeSlot();
    expect(await startTraining(rendered, ports, configured)).toMatchObject({
      name: 'training.queued',
      data: { reasons: [{ code: 'RESOURCE_LIMIT', message: expect.stringContaining('ml.g5.xlarge on-demand') }] },
    });
    expect(requests).toEqual([]);
    expect(await budget.read('flowers', world.now)).toMatchObject({ reservedUsd: 0 });
    expect(await ledger.release({ runId: otherRun })).toEqual([runId]);
  });

  it.each([
    ['THROTTLING', throttled, 'training.deferred'],
    ['RESOURCE_LIMIT', overQuota(8), 'training.queued'],
    ['RESOURCE_LIMIT', overQuota(), 'training.queued'],
  ] as const)('when AWS answers %s, and gives its slot and its money back meanwhile', async (code, answer, name) => {
    const { ports, world, hasFreeSlot, budget, woken } = createFakePorts();
    world.answers = [answer];
    const event = await startTraining(rendered, ports, configured);
    expect(event).toMatchObject({ name, data: { reasons: [{ code, message: 'Not now.' }] } });
    expect(await hasFreeSlot()).toBe(true);
    expect(await budget.read('flowers', world.now)).toMatchObject({ reservedUsd: 0 });
    expect(woken).toEqual([]); // the next one would be refused as well
  });

  it.each(['waiting-quota', 'waiting-capacity'] as const)('where it is, if it is %s already', async (state) => {
    const { ports, world, takeSlot } = createFakePorts();
    world.answers = [throttled];
    expect(await startTraining(rendered, ports, runIn(state))).toBeUndefined();
    await takeSlot();
    expect(await startTraining(rendered, ports, runIn(state))).toBeUndefined();
  });

  it('no longer than until AWS takes the job', async () => {
    const { ports } = createFakePorts();
    expect(await startTraining(rendered, ports, runIn('waiting-quota'))).toMatchObject({ name: 'training.started' });
  });

  it('no longer than its recipe allows for capacity', async () => {
    const { ports, world, requests } = createFakePorts();
    world.now = new Date('2026-01-02T00:00:01.000Z');
    expect(await startTraining(rendered, ports, deferred(1))).toMatchObject({
      name: 'training.failed',
      data: { reasons: [{ code: 'CAPACITY_WAIT_EXCEEDED' }] },
    });
    expect(requests).toEqual([]);
  });
});

describe('the choice of instances', () => {
  const spot = withTerms({ spot: true });

  it.each([
    [0, { instanceType: 'ml.g5.xlarge', spot: true }],
    [1, { instanceType: 'ml.c7i.xlarge', spot: true }],
    [2, { instanceType: 'ml.g5.xlarge', spot: false }],
    [3, { instanceType: 'ml.c7i.xlarge', spot: false }],
  ])('number %i takes every type as spare capacity before any on demand', async (next, placement) => {
    const { ports, requests } = createFakePorts();
    await startTraining(spot, ports, deferred(next));
    expect(requests).toMatchObject([placement]);
  });

  it('stays with spare capacity where the recipe wants nothing else', async () => {
    const { ports, requests } = createFakePorts();
    await startTraining(withTerms({ spot: true, onDemandFallback: false }), ports, deferred(2));
    expect(requests).toMatchObject([{ instanceType: 'ml.g5.xlarge', spot: true }]);
  });

  it('passes over quotas that are too small for the job, ours and those that AWS tells of', async () => {
    const { ports, world, requests } = createFakePorts(2);
    world.limits = { 'ml.g5.xlarge spot': 1 };
    world.answers = [overQuota(0)];
    const event = await startTraining(withTerms({ spot: true, instanceCount: 2 }), ports, configured);
    expect(requests.map(({ instanceType, spot }) => [instanceType, spot])).toEqual([
      ['ml.c7i.xlarge', true],
      ['ml.g5.xlarge', false],
    ]);
    expect(event).toMatchObject({ data: { instanceType: 'ml.g5.xlarge', spot: false, instanceCount: 2 } });
  });

  it('ends the run when every quota is too small', async () => {
    const { ports, world, hasFreeSlot } = createFakePorts();
    world.answers = [overQuota(0), overQuota(0)];
    expect(await startTraining(rendered, ports, configured)).toMatchObject({
      name: 'training.failed',
      data: { reasons: [{ code: 'QUOTA_TOO_SMALL', message: expect.stringContaining('ml.c7i.xlarge on-demand') }] },
    });
    expect(await hasFreeSlot()).toBe(true);
  });
});

describe('the budget of a project', () => {
  it('stops a run that it does not allow before anything is asked of SageMaker, and lets the next one try', async () => {
    const { ports, ledger, world, requests, hasFreeSlot, woken } = createFakePorts();
    world.budgetUsd = 0.39;
    await ledger.wait('ml.g5.xlarge on-demand', otherRun, '2026-01-01T00:00:00.000Z');
    expect(await startTraining(rendered, ports, configured)).toMatchObject({
      name: 'training.refused',
      data: {
        reasons: [
          {
            code: 'BUDGET_EXCEEDED',
            message: 'The run needs about 0.40 USD; flowers has 0.39 of its 0.39 USD left for 2026-01.',
          },
        ],
      },
    });
    expect(requests).toEqual([]);
    expect(woken).toEqual([otherRun]);
    expect(await hasFreeSlot()).toBe(true);
  });

  it('counts what other runs have set aside', async () => {
    const { ports, world } = createFakePorts(2);
    world.budgetUsd = 0.5;
    expect(await startTraining(rendered, ports, configured)).toMatchObject({ name: 'training.started' });
    const other = await startTraining(withTerms({ runId: otherRun }), ports, runIn('configured', { runId: otherRun }));
    expect(other).toMatchObject({ name: 'training.refused' });
  });

  it('is not risked on an instance whose price is not known', async () => {
    const { ports, world } = createFakePorts();
    world.budgetUsd = 50;
    expect(await startTraining(rendered, ports, deferred(1))).toMatchObject({
      name: 'training.refused',
      data: { reasons: [{ code: 'PRICE_UNKNOWN' }] },
    });
    world.budgetUsd = undefined;
    expect(await startTraining(rendered, ports, deferred(1))).toMatchObject({ name: 'training.started' });
  });
});

it('ends the run when AWS finds the request itself at fault, in the words of AWS', async () => {
  const { ports, world, hasFreeSlot } = createFakePorts();
  world.answers = [{ kind: 'unfit', message: "1 validation error: Value 'ml.dream' at 'instanceType'." }];
  expect(await startTraining(rendered, ports, configured)).toMatchObject({
    name: 'training.failed',
    data: { reasons: [{ code: 'JOB_REFUSED', message: expect.stringContaining('ml.dream') }] },
  });
  expect(await hasFreeSlot()).toBe(true);
});

it("ends the run when its job's name is somebody else's", async () => {
  const { ports, world, hasFreeSlot, budget } = createFakePorts();
  world.answers = [{ kind: 'taken' }];
  expect(await startTraining(rendered, ports, configured)).toMatchObject({
    name: 'training.failed',
    data: { reasons: [{ code: 'JOB_NAME_TAKEN', where: jobName }] },
  });
  expect(await hasFreeSlot()).toBe(true);
  expect(await budget.read('flowers', world.now)).toMatchObject({ reservedUsd: 0, spentUsd: 0 });
});

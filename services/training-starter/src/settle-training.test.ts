import {
  configRendered,
  datasetReceived,
  trainingDeferred,
  trainingJobStateChange,
  trainingStarted,
} from '@dropforge/events';
import { runExternalStep } from '@dropforge/handler-kit';
import { createMemoryRunStore, type Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createFakePorts, jobDetail, otherRun, runIn } from './fake-ports.ts';
import { settleTraining } from './settle-training.ts';

const { runId } = datasetReceived.example;
const jobName = `df-dev-train-${runId}-t1`;
const modelKey = `runs/${runId}/model/${jobName}/output/model.tar.gz`;

/** What SageMaker says about the job, for a run as given. */
async function hear(
  detail: Record<string, unknown>,
  run: Run | undefined = runIn('training'),
  fakes = createFakePorts(),
) {
  await fakes.ports.slots.claim({
    quota: 'ml.g5.xlarge on-demand',
    runId,
    jobName: fakes.ports.names.of('train', runId, run?.attempt ?? 1),
    instances: 1,
    limit: 1,
  });
  const parsed = trainingJobStateChange.detail.parse({ TrainingJobName: jobName, ...detail });
  const runs = { read: async (id: string) => (id === runId ? run : undefined) };
  const result = await settleTraining({ detail: parsed, resources: [], time: '' }, fakes.ports, runs);
  const budget = await fakes.budget.read('flowers', fakes.world.now);
  return {
    event: result?.event,
    freed: await fakes.hasFreeSlot(),
    sizedKeys: fakes.sizedKeys,
    budget,
    woken: fakes.woken,
  };
}

const without = (modelBytes: number | undefined) => {
  const fakes = createFakePorts();
  fakes.world.modelBytes = modelBytes;
  return fakes;
};

describe('a completed job', () => {
  it('hands its model on and frees its slot', async () => {
    const { event, freed, sizedKeys } = await hear({ TrainingJobStatus: 'Completed', SecondaryStatus: 'Completed' });
    expect(event).toEqual({
      name: 'training.completed',
      data: { runId, project: 'flowers', attempt: 1, jobName, modelKey },
    });
    expect(freed).toBe(true);
    expect(sizedKeys).toEqual([modelKey]);
  });

  it.each([
    ['without a model', undefined],
    ['with an empty model', 0],
  ])('%s has failed', async (_, bytes) => {
    const { event, freed } = await hear({ TrainingJobStatus: 'Completed' }, runIn('training'), without(bytes));
    expect(event).toMatchObject({
      name: 'training.failed',
      data: { reasons: [{ code: 'OUTPUT_MISSING', where: modelKey }] },
    });
    expect(freed).toBe(true);
  });
});

describe('a failed job', () => {
  const failed = async (FailureReason?: string) =>
    (await hear({ TrainingJobStatus: 'Failed', ...(FailureReason === undefined ? {} : { FailureReason }) })).event;

  it('gives its own reason', async () => {
    const line = JSON.stringify({ cause: 'diverged', message: 'The loss is not a number.', action: 'Lower the rate.' });
    expect(await failed(`AlgorithmError: ${line}\nlog tail, exit code: 1`)).toMatchObject({
      name: 'training.failed',
      data: { reasons: [{ code: 'DIVERGED', message: 'The loss is not a number.', where: jobName }] },
    });
  });

  it('waits for capacity when AWS had none', async () => {
    expect(await failed('CapacityError: Unable to provision requested ML compute capacity.')).toMatchObject({
      name: 'training.deferred',
      data: { reasons: [{ code: 'CAPACITY_ERROR' }] },
    });
  });

  it('does not wait for capacity because its container says so: it ran', async () => {
    expect(await failed('AlgorithmError: {"cause":"capacity-error","message":"again!"}')).toMatchObject({
      name: 'training.failed',
    });
  });

  it('has a reason even when AWS gives none, an empty one, or one that was cut', async () => {
    for (const text of [undefined, '', ' '])
      expect(await failed(text)).toMatchObject({
        name: 'training.failed',
        data: { reasons: [{ code: 'JOB_FAILED' }] },
      });
    const long = `AlgorithmError: {"cause":"data","message":"${'猫'.repeat(600)}","action":"x"}`;
    const insideCharacter = Buffer.from(long).subarray(0, 1024).toString('utf8');
    for (const text of [long.slice(0, 1024), insideCharacter])
      expect(await failed(text)).toMatchObject({ name: 'training.failed', data: { reasons: [{ code: 'DATA' }] } });
  });
});

describe('a stopped job', () => {
  it.each([
    ['MaxRuntimeExceeded', 'MAX_RUNTIME_EXCEEDED'],
    ['Stopped', 'JOB_STOPPED'],
    [undefined, 'JOB_STOPPED'],
  ])('with %s keeps that as its reason: %s', async (SecondaryStatus, code) => {
    const { event, freed } = await hear({ TrainingJobStatus: 'Stopped', SecondaryStatus });
    expect(event).toMatchObject({
      name: 'training.stopped',
      data: { reasons: [{ code, action: expect.any(String) }] },
    });
    expect(freed).toBe(true);
  });
});

describe('a job without capacity', () => {
  const terms = { ...configRendered.example, instanceTypes: ['ml.g5.xlarge', 'ml.c7i.xlarge'], spot: true };
  const run = (fields: Partial<Run> = {}) => runIn('training', { facts: { 'config.rendered': terms }, ...fields });
  const on = (InstanceType: string, EnableManagedSpotTraining: boolean) => ({
    ResourceConfig: { InstanceType, InstanceCount: 1 },
    EnableManagedSpotTraining,
  });
  const failed = { TrainingJobStatus: 'Failed', FailureReason: 'CapacityError: none', BillableTimeInSeconds: 0 };

  it.each([
    ['ml.g5.xlarge', true, 1],
    ['ml.c7i.xlarge', true, 2],
    ['ml.g5.xlarge', false, 3],
    ['ml.c7i.xlarge', false, 0],
  ])('on %s, spot %s, is followed by choice %i', async (type, spot, next) => {
    const { event, freed, budget } = await hear({ ...failed, ...on(type, spot) }, run());
    expect(event).toMatchObject({ name: 'training.deferred', data: { jobName, next } });
    expect(event?.data).not.toHaveProperty('cost');
    expect(freed).toBe(true);
    expect(budget).toMatchObject({ reservedUsd: 0, spentUsd: 0 });
  });

  it('waits since the first job that had none', async () => {
    const waiting = { attempt: 1, next: 1, waitingSince: '2025-12-31T20:00:00.000Z' };
    const facts = { 'config.rendered': terms, 'training.deferred': { ...trainingDeferred.example, ...waiting } };
    const { event } = await hear({ ...failed, ...on('ml.c7i.xlarge', true) }, run({ facts }));
    expect(event).toMatchObject({ data: { waitingSince: '2025-12-31T20:00:00.000Z' } });
  });

  it('is also one that lost its spare capacity for too long; it waits from now on, and what it used is paid', async () => {
    const { event, budget } = await hear(
      {
        ...{ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' },
        ...{ TrainingStartTime: '1767200000000', TrainingEndTime: 1_767_207_200_000 },
        ...{ BillableTimeInSeconds: 1_200, TrainingTimeInSeconds: 3_600 },
        ...on('ml.g5.xlarge', true),
      },
      run(),
    );
    expect(event).toMatchObject({
      name: 'training.deferred',
      data: {
        ...{ next: 1, waitingSince: '2026-01-01T00:00:00.000Z', reasons: [{ code: 'MAX_WAIT_TIME_EXCEEDED' }] },
        cost: { spot: true, billedSeconds: 1_200, seconds: 3_600, usd: 0.523333, savedUsd: 1.046667 },
      },
    });
    expect(budget.spentUsd).toBe(0.523333);
  });
});

describe('what a job cost', () => {
  const run = runIn('training', { facts: { 'config.rendered': configRendered.example } });
  const fakes = createFakePorts();
  const instances = { ResourceConfig: { InstanceType: 'ml.g5.xlarge', InstanceCount: 2 } };

  it('is asked of SageMaker where its event does not say', async () => {
    fakes.world.jobs = {
      [jobName]: jobDetail({
        TrainingJobName: jobName,
        TrainingJobStatus: 'Completed',
        BillableTimeInSeconds: 90,
        ...instances,
      }),
    };
    const { event } = await hear({ TrainingJobStatus: 'Completed' }, run, fakes);
    expect(event?.data).toMatchObject({ cost: { instanceCount: 2, billedSeconds: 90, usd: 0.0785 } });
  });

  it('is the time from its start to its end where nobody says', async () => {
    const times = { TrainingStartTime: '2026-01-01T00:00:00Z', TrainingEndTime: '2026-01-01T00:01:30Z' };
    const { event } = await hear({ TrainingJobStatus: 'Failed', ...times, ...instances }, run);
    expect(event?.data).toMatchObject({ cost: { billedSeconds: 90, seconds: 90, usd: 0.0785 } });
  });

  it('is told in seconds where the price is not known', async () => {
    const unknown = { ResourceConfig: { InstanceType: 'ml.c7i.xlarge', InstanceCount: 1 } };
    const { event } = await hear({ TrainingJobStatus: 'Failed', BillableTimeInSeconds: 90, ...unknown }, run);
    expect(event?.data).toMatchObject({ cost: { instanceType: 'ml.c7i.xlarge', billedSeconds: 90 } });
    expect(event?.data).not.toHaveProperty('cost.usd');
  });
});

it('tells the run that waited longest for its place', async () => {
  const fakes = createFakePorts();
  await fakes.ledger.wait('ml.g5.xlarge on-demand', otherRun, '2026-01-01T00:00:00.000Z');
  expect(await hear({ TrainingJobStatus: 'Failed' }, runIn('training'), fakes)).toMatchObject({ woken: [otherRun] });
});

describe('what means nothing', () => {
  it.each(['InProgress', 'Stopping', 'Deleting', 'SomethingNew'])('a job that is %s', async (TrainingJobStatus) => {
    expect(await hear({ TrainingJobStatus, SecondaryStatus: 'Training' })).toMatchObject({
      event: undefined,
      freed: false,
    });
  });

  it.each([
    'my-job',
    `df-prod-train-${runId}-t1`,
    `df-dev-convert-${runId}-t1`,
    `df-dev-train-${runId}-t0`,
    `df-dev-train-${runId}`,
  ])('the end of %s', async (TrainingJobName) => {
    const { event, freed } = await hear({ TrainingJobName, TrainingJobStatus: 'Completed' });
    expect(event).toBeUndefined();
    expect(freed).toBe(false);
  });

  it('the end of a job whose run is not known', async () => {
    const fakes = createFakePorts();
    const runs = { read: async () => undefined };
    const detail = trainingJobStateChange.detail.parse({ TrainingJobName: jobName, TrainingJobStatus: 'Failed' });
    expect(await settleTraining({ detail, resources: [], time: '' }, fakes.ports, runs)).toBeUndefined();
  });
});

it('leaves the slot of the attempt that runs now when an earlier one is heard of again', async () => {
  const { freed } = await hear(
    { TrainingJobStatus: 'Failed', FailureReason: 'CapacityError: none' },
    runIn('training', { attempt: 2 }),
  );
  expect(freed).toBe(false);
});

describe('deliveries in any order', () => {
  /** A run that is configured, and what becomes of it. */
  async function live(...statuses: (string | 'started')[]) {
    const published: string[] = [];
    const kit = {
      runs: createMemoryRunStore(),
      now: () => new Date('2026-01-01T00:00:00Z'),
      publish: async (entries: readonly { eventId: string; name: string }[]) => {
        published.push(...entries.map(({ name }) => name));
        return new Set(entries.map(({ eventId }) => eventId));
      },
    };
    await kit.runs.write(
      runIn('configured', { revision: 0, facts: { 'config.rendered': { ...configRendered.example } } }),
    );
    const { ports } = createFakePorts();
    for (const TrainingJobStatus of statuses) {
      const step =
        TrainingJobStatus === 'started'
          ? async () => ({ runId, event: trainingStarted.of(trainingStarted.example) })
          : settleTraining;
      const detail = trainingJobStateChange.detail.parse({ TrainingJobName: jobName, TrainingJobStatus });
      await runExternalStep({ detail, resources: [], time: '' }, step, ports, kit);
    }
    return { state: (await kit.runs.read(runId))?.state, published };
  }

  it.each([
    ['the usual one', ['started', 'InProgress', 'Completed']],
    ['the end before the beginning', ['Completed', 'InProgress', 'started']],
    ['everything twice', ['started', 'started', 'InProgress', 'Completed', 'Completed', 'InProgress']],
    ['a failure after the end', ['started', 'Completed', 'Failed', 'Stopped']],
  ])('%s: the run is trained once', async (_, statuses) => {
    const { state, published } = await live(...statuses);
    expect(state).toBe('trained');
    expect(published.filter((name) => name !== 'training.started')).toEqual(['training.completed']);
  });
});

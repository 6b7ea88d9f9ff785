import { configRendered, datasetReceived, trainingJobStateChange, trainingStarted } from '@dropforge/events';
import { runExternalStep } from '@dropforge/handler-kit';
import { createMemoryRunStore, type Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createFakePorts, runIn } from './fake-ports.ts';
import { settleTraining } from './settle-training.ts';

const { runId } = datasetReceived.example;
const jobName = `df-train-${runId}-t1`;
const modelKey = `runs/${runId}/model/${jobName}/output/model.tar.gz`;

/** What SageMaker says about the job, for a run as given. */
async function hear(
  detail: Record<string, unknown>,
  run: Run | undefined = runIn('training'),
  fakes = createFakePorts(),
) {
  await fakes.ports.slots.claim(runId);
  const parsed = trainingJobStateChange.detail.parse({ TrainingJobName: jobName, ...detail });
  const runs = { read: async (id: string) => (id === runId ? run : undefined) };
  const result = await settleTraining({ detail: parsed, resources: [], time: '' }, fakes.ports, runs);
  return { event: result?.event, freed: await fakes.hasFreeSlot(), sizedKeys: fakes.sizedKeys };
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
    ['MaxWaitTimeExceeded', 'MAX_WAIT_TIME_EXCEEDED'],
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

describe('what means nothing', () => {
  it.each(['InProgress', 'Stopping', 'Deleting', 'SomethingNew'])('a job that is %s', async (TrainingJobStatus) => {
    expect(await hear({ TrainingJobStatus, SecondaryStatus: 'Training' })).toMatchObject({
      event: undefined,
      freed: false,
    });
  });

  it.each(['my-job', `df-convert-${runId}-t1`, `df-train-${runId}-t0`, `df-train-${runId}`])(
    'the end of %s',
    async (TrainingJobName) => {
      const { event, freed } = await hear({ TrainingJobName, TrainingJobStatus: 'Completed' });
      expect(event).toBeUndefined();
      expect(freed).toBe(false);
    },
  );

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

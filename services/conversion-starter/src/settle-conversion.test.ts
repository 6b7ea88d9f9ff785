import { createHash } from 'node:crypto';
import { conversionStarted, type ProcessingJobStateChange, processingJobStateChange } from '@dropforge/events';
import { createMemoryBudgetStore, jobNames, type Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import type { ConversionRequest, Ports, StartResult } from './ports.ts';
import { settleConversion } from './settle-conversion.ts';
import { startConversion } from './start-conversion.ts';
import { stopConversion } from './stop-conversion.ts';

const { runId, jobName } = conversionStarted.example;
const artifact = `runs/${runId}/artifact/t1/manifest.json`;
const verification = `runs/${runId}/verification/t1/verification.json`;
const manifestBytes = Buffer.from('{"format":"dropforge-artifact/1"}');

/** Ports in memory: a bucket, what the job said at its end, and what was asked of SageMaker. */
function createFakePorts(files: Record<string, Uint8Array> = {}, said?: string) {
  const requests: ConversionRequest[] = [];
  const stopped: string[] = [];
  const world = {
    answer: { kind: 'started' } as StartResult,
    /** What Describe says; undefined: there is no such job. */
    detail: undefined as ProcessingJobStateChange | undefined,
  };
  const budget = createMemoryBudgetStore();
  const ports: Ports = {
    names: jobNames('dev'),
    now: () => now,
    budget,
    instanceType: 'ml.c5.xlarge',
    priceOf: (type) => ({ 'ml.c5.xlarge': 0.24 })[type],
    jobs: {
      async start(request) {
        requests.push(request);
        return world.answer;
      },
      stop: async (name) => void stopped.push(name),
      async describe(name) {
        const known = world.detail ?? (said === undefined ? undefined : detailOf({ ProcessingJobName: name }));
        return known && { detail: known, exitMessage: said };
      },
    },
    readFile: async (key) => files[key],
  };
  const spent = async () => {
    const { reservedUsd, spentUsd } = await budget.read('flowers', now);
    return { reservedUsd, spentUsd };
  };
  return { ports, requests, stopped, world, spent };
}

const now = new Date('2026-01-01T00:00:00Z');
const detailOf = (detail: Record<string, unknown>) =>
  processingJobStateChange.detail.parse({ ProcessingJobName: jobName, ProcessingJobStatus: 'InProgress', ...detail });
/** Ninety seconds on the instance of the deployment. */
const ranFor90 = {
  ...{ ProcessingStartTime: 1_767_225_600_000, ProcessingEndTime: 1_767_225_690_000 },
  ProcessingResources: { ClusterConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1 } },
};

const run: Run = {
  runId,
  project: 'flowers',
  state: 'converting',
  attempt: 1,
  revision: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  facts: { 'config.rendered': { configKey: `runs/${runId}/config/t1/training.json` } },
  history: [],
  outbox: [],
  nudges: 0,
};

async function hear(detail: Record<string, unknown>, files: Record<string, Uint8Array> = {}, said?: string) {
  const parsed = detailOf(detail);
  const runs = { read: async (id: string) => (id === runId ? run : undefined) };
  const event = { detail: parsed, resources: [], time: '' };
  return (await settleConversion(event, createFakePorts(files, said).ports, runs))?.event;
}

describe('a trained model', () => {
  const trained = {
    name: 'training.completed' as const,
    data: {
      runId,
      project: 'flowers',
      attempt: 2,
      jobName: `df-dev-train-${runId}-t1`,
      modelKey: `runs/${runId}/model/x`,
    },
  };

  it('is converted by a job of this attempt, with the configuration that was rendered for the run', async () => {
    const { ports, requests } = createFakePorts();
    expect(await startConversion(trained, ports, { ...run, state: 'trained', attempt: 2 })).toEqual({
      name: 'conversion.started',
      data: { runId, project: 'flowers', attempt: 2, jobName: `df-dev-convert-${runId}-t2` },
    });
    expect(requests).toEqual([
      {
        jobName: `df-dev-convert-${runId}-t2`,
        runId,
        project: 'flowers',
        attempt: 2,
        modelKey: `runs/${runId}/model/x`,
        configPrefix: `runs/${runId}/config/t1/`,
        artifactPrefix: `runs/${runId}/artifact/t2/`,
        verificationPrefix: `runs/${runId}/verification/t2/`,
      },
    ]);
  });

  it('is paid for whatever the budget says, as its training is', async () => {
    const { ports, spent } = createFakePorts();
    for (let time = 0; time < 2; time++)
      await startConversion(trained, ports, { ...run, state: 'trained', attempt: 2 });
    expect(await spent()).toEqual({ reservedUsd: 0.008, spentUsd: 0 });
  });

  it("is not converted under a name that is somebody else's", async () => {
    const { ports, world, spent } = createFakePorts();
    world.answer = { kind: 'taken' };
    expect(await startConversion(trained, ports, { ...run, state: 'trained', attempt: 2 })).toMatchObject({
      name: 'conversion.failed',
      data: { reasons: [{ code: 'JOB_NAME_TAKEN', where: `df-dev-convert-${runId}-t2` }] },
    });
    expect(await spent()).toEqual({ reservedUsd: 0, spentUsd: 0 });
  });

  it('whose job is found already ended is settled at once', async () => {
    const { ports, world, spent } = createFakePorts();
    const name = `df-dev-convert-${runId}-t2`;
    const detail = detailOf({ ...ranFor90, ProcessingJobName: name, ProcessingJobStatus: 'Failed' });
    world.answer = { kind: 'ended', detail };
    expect(await startConversion(trained, ports, { ...run, state: 'trained', attempt: 2 })).toMatchObject({
      name: 'conversion.failed',
      data: { jobName: name, cost: { billedSeconds: 90, usd: 0.006 } },
    });
    expect(await spent()).toEqual({ reservedUsd: 0, spentUsd: 0.006 });
  });

  it('of a run without a configuration is a bug, and is told as one', async () => {
    await expect(startConversion(trained, createFakePorts().ports, { ...run, facts: {} })).rejects.toThrow(runId);
  });

  it('waits without an error where SageMaker takes no more jobs now, and nothing stays set aside', async () => {
    const { ports, world, spent } = createFakePorts();
    world.answer = { kind: 'refused', code: 'RESOURCE_LIMIT', message: 'The limit is 4 Instances.' };
    const waits = { ...run, state: 'trained', updatedAt: '2025-12-31T00:01:00.000Z' } as const;
    expect(await startConversion(trained, ports, waits)).toBeUndefined();
    expect(await spent()).toEqual({ reservedUsd: 0, spentUsd: 0 });
  });

  it('fails when no job was taken for a day', async () => {
    const { ports, world } = createFakePorts();
    world.answer = { kind: 'refused', code: 'RESOURCE_LIMIT', message: 'The limit is 4 Instances.' };
    const waited = { ...run, state: 'trained', updatedAt: '2025-12-31T00:00:00.000Z' } as const;
    expect(await startConversion(trained, ports, waited)).toMatchObject({
      name: 'conversion.failed',
      data: { reasons: [{ code: 'RESOURCE_LIMIT', message: 'The limit is 4 Instances.' }] },
    });
  });

  it('is no longer converted when the run is cancelled', async () => {
    const cancelled = { name: 'run.cancelled', data: { runId, project: 'flowers', attempt: 1, by: 'ana' } } as const;
    const booksAfter = async (detail?: Record<string, unknown>) => {
      const { ports, stopped, world, spent } = createFakePorts();
      await ports.budget.reserve({ project: 'flowers', jobName }, 0.01, undefined, now);
      world.detail = detail && detailOf(detail);
      await stopConversion(cancelled, ports);
      expect(stopped).toEqual([jobName]);
      return spent();
    };
    expect(await booksAfter()).toEqual({ reservedUsd: 0, spentUsd: 0 });
    expect(await booksAfter({ ProcessingJobStatus: 'Stopping' })).toEqual({ reservedUsd: 0.01, spentUsd: 0 });
    expect(await booksAfter({ ProcessingJobStatus: 'Stopped', ...ranFor90 })).toEqual({
      reservedUsd: 0,
      spentUsd: 0.006,
    });
  });
});

describe('a completed job', () => {
  const completed = (files: Record<string, Uint8Array>) => hear({ ProcessingJobStatus: 'Completed' }, files);

  it('is believed when its manifest and its verification are there', async () => {
    expect(await completed({ [artifact]: manifestBytes, [verification]: Buffer.from('{}') })).toEqual({
      name: 'conversion.completed',
      data: {
        runId,
        project: 'flowers',
        attempt: 1,
        jobName,
        artifactPrefix: `runs/${runId}/artifact/t1/`,
        verificationPrefix: `runs/${runId}/verification/t1/`,
        manifestDigest: createHash('sha256').update(manifestBytes).digest('hex'),
      },
    });
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    ['no object', {}, artifact],
    ['no verification', { [artifact]: manifestBytes }, verification],
    ['a manifest of zero bytes', { [artifact]: Buffer.alloc(0), [verification]: manifestBytes }, artifact],
    ['a verification of zero bytes', { [artifact]: manifestBytes, [verification]: Buffer.alloc(0) }, verification],
    [
      "the previous attempt's objects only",
      { [artifact.replace('t1', 't0')]: manifestBytes, [verification.replace('t1', 't0')]: manifestBytes },
      artifact,
    ],
  ])('with %s has failed', async (_, files, where) => {
    expect(await completed(files)).toMatchObject({
      name: 'conversion.failed',
      data: { reasons: [{ code: 'OUTPUT_MISSING', where }] },
    });
  });
});

describe('a job that did not complete', () => {
  const ours = JSON.stringify({ cause: 'data', code: 'UNKNOWN_OPERATOR', message: 'Node 3 is a Softmax.' });
  const reasonOf = async (detail: Record<string, unknown>, said?: string) => {
    const event = await hear(detail, {}, said);
    expect(event?.name).toBe('conversion.failed');
    return event && 'reasons' in event.data ? event.data.reasons[0] : undefined;
  };

  it('gives the reason that it said at its end, which the event does not carry', async () => {
    const FailureReason = 'AlgorithmError: See job logs for more information';
    expect(await reasonOf({ ProcessingJobStatus: 'Failed', FailureReason }, ours)).toMatchObject({
      code: 'UNKNOWN_OPERATOR',
      message: 'Node 3 is a Softmax.',
      where: jobName,
    });
  });

  it("gives AWS's reason when its own words were good news, or none", async () => {
    const FailureReason = 'ClientError: Failed to upload /opt/ml/processing/output/artifact';
    for (const said of [undefined, '', 'converted; accuracy of the integer model 0.9100'])
      expect(await reasonOf({ ProcessingJobStatus: 'Failed', FailureReason }, said)).toMatchObject({
        code: 'CLIENT_ERROR',
        message: FailureReason,
      });
  });

  it('has a reason even when nobody gives one', async () => {
    expect(await reasonOf({ ProcessingJobStatus: 'Failed' })).toMatchObject({ code: 'JOB_FAILED' });
    expect(await reasonOf({ ProcessingJobStatus: 'Stopped' })).toMatchObject({ code: 'JOB_STOPPED' });
  });
});

describe('what means nothing', () => {
  it.each([
    [{ ProcessingJobStatus: 'InProgress' }],
    [{ ProcessingJobStatus: 'Stopping' }],
    [{ ProcessingJobStatus: 'Completed', ProcessingJobName: 'my-job' }],
    [{ ProcessingJobStatus: 'Completed', ProcessingJobName: `df-dev-train-${runId}-t1` }],
    [{ ProcessingJobStatus: 'Completed', ProcessingJobName: 'df-dev-convert-run-aaaaaaaaaaaaaaaaaaaa-t1' }],
  ])('%o', async (detail) => {
    expect(await hear(detail)).toBeUndefined();
  });
});

import { createHash } from 'node:crypto';
import { conversionStarted, processingJobStateChange } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import type { ConversionRequest, Ports } from './ports.ts';
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
  const ports: Ports = {
    jobs: {
      start: async (request) => void requests.push(request),
      stop: async (name) => void stopped.push(name),
      exitMessage: async () => said,
    },
    readFile: async (key) => files[key],
  };
  return { ports, requests, stopped };
}

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
  const parsed = processingJobStateChange.detail.parse({ ProcessingJobName: jobName, ...detail });
  const runs = { read: async (id: string) => (id === runId ? run : undefined) };
  const event = { detail: parsed, resources: [], time: '' };
  return (await settleConversion(event, createFakePorts(files, said).ports, runs))?.event;
}

describe('a trained model', () => {
  const trained = {
    name: 'training.completed' as const,
    data: { runId, project: 'flowers', attempt: 2, jobName: `df-train-${runId}-t1`, modelKey: `runs/${runId}/model/x` },
  };

  it('is converted by a job of this attempt, with the configuration that was rendered for the run', async () => {
    const { ports, requests } = createFakePorts();
    expect(await startConversion(trained, ports, { ...run, state: 'trained', attempt: 2 })).toEqual({
      name: 'conversion.started',
      data: { runId, project: 'flowers', attempt: 2, jobName: `df-convert-${runId}-t2` },
    });
    expect(requests).toEqual([
      {
        jobName: `df-convert-${runId}-t2`,
        runId,
        attempt: 2,
        modelKey: `runs/${runId}/model/x`,
        configPrefix: `runs/${runId}/config/t1/`,
        artifactPrefix: `runs/${runId}/artifact/t2/`,
        verificationPrefix: `runs/${runId}/verification/t2/`,
      },
    ]);
  });

  it('of a run without a configuration is a bug, and is told as one', async () => {
    await expect(startConversion(trained, createFakePorts().ports, { ...run, facts: {} })).rejects.toThrow(runId);
  });

  it('is no longer converted when the run is cancelled', async () => {
    const { ports, stopped } = createFakePorts();
    await stopConversion({ name: 'run.cancelled', data: { runId, project: 'flowers', attempt: 1, by: 'ana' } }, ports);
    expect(stopped).toEqual([jobName]);
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
    [{ ProcessingJobStatus: 'Completed', ProcessingJobName: `df-train-${runId}-t1` }],
    [{ ProcessingJobStatus: 'Completed', ProcessingJobName: 'df-convert-run-aaaaaaaaaaaaaaaaaaaa-t1' }],
  ])('%o', async (detail) => {
    expect(await hear(detail)).toBeUndefined();
  });
});

import { datasetRejected, modelValidated } from '@dropforge/events';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeApi, runId } from '../testing/fake-api.ts';
import { toApproval, toFailure, toTraining } from '../testing/lives.ts';

let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
});
const path = { runId };

describe('POST /runs/{runId}/cancel', () => {
  const cancel = () => api.ask('POST /runs/{runId}/cancel', { path });

  it('calls the run off, in the name of who asked, and does not mind being asked twice', async () => {
    await api.live(...toTraining());
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled', ended: true } });
    expect(await cancel()).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(api.world.published).toEqual(['run.cancelled']);
    expect((await api.kit.runs.read(runId))?.facts['run.cancelled']).toMatchObject({ by: 'ana@example.com (42)' });
  });

  it('cannot call off what has ended', async () => {
    await api.live(datasetRejected.of({ ...datasetRejected.example, reasons: [...datasetRejected.example.reasons] }));
    expect(await cancel()).toMatchObject({
      status: 409,
      body: { code: 'NOT_POSSIBLE_NOW', detail: 'A run that is "rejected" cannot be cancelled.', state: 'rejected' },
    });
  });
});

describe('POST /runs/{runId}/retry', () => {
  const retry = () => api.ask('POST /runs/{runId}/retry', { path });

  it('goes on from the last stage that worked, as the next attempt', async () => {
    await api.live(...toFailure());
    expect(await retry()).toMatchObject({ status: 200, body: { state: 'configured', attempt: 2 } });
    expect(api.world.published).toEqual(['run.retried', 'config.rendered']);
  });

  it('is possible once, and not while the run goes on', async () => {
    await api.live(...toTraining());
    expect(await retry()).toMatchObject({ status: 409, body: { code: 'NOT_POSSIBLE_NOW', state: 'training' } });
    expect(api.world.published).toEqual([]);
  });
});

describe('POST /runs/{runId}/approve', () => {
  const { modelDigest } = modelValidated.example;
  const approve = (body: unknown) => api.ask('POST /runs/{runId}/approve', { path, body });

  it('allows exactly the model that was seen', async () => {
    await api.live(...toApproval());
    expect(await approve({ modelDigest })).toMatchObject({ status: 200, body: { state: 'approved' } });
    expect(await approve({ modelDigest })).toMatchObject({ status: 200 });
    expect(api.world.published).toEqual(['model.approved']);
  });

  it('refuses another model, and says which one is there now', async () => {
    await api.live(...toApproval());
    expect(await approve({ modelDigest: 'ff'.repeat(32) })).toMatchObject({
      status: 409,
      body: { code: 'MODEL_CHANGED', modelDigest },
    });
    expect(api.world.published).toEqual([]);
  });

  it('refuses where there is no model yet, and a body without a digest', async () => {
    await api.live(...toTraining());
    expect(await approve({ modelDigest })).toMatchObject({ status: 409, body: { code: 'NOT_POSSIBLE_NOW' } });
    expect(await approve({})).toMatchObject({ status: 400, body: { errors: [{ field: 'modelDigest' }] } });
  });
});

describe('POST /runs/{runId}/decline', () => {
  const { modelDigest } = modelValidated.example;
  const decline = (body: unknown) => api.ask('POST /runs/{runId}/decline', { path, body });

  it('refuses exactly the model that was seen, keeps why and by whom, and is asked again by a retry', async () => {
    await api.live(...toApproval());
    expect(await decline({ modelDigest, reason: 'Too slow.' })).toMatchObject({
      status: 200,
      body: { state: 'rejected' },
    });
    const { body } = await api.ask('GET /runs/{runId}', { path });
    expect(body.reasons).toMatchObject([
      { code: 'DECLINED', message: 'ana@example.com (42) declined the delivery: Too slow.' },
    ]);
    expect(await api.ask('POST /runs/{runId}/retry', { path })).toMatchObject({ body: { state: 'awaiting-approval' } });
  });

  it('refuses another model, and where there is none', async () => {
    await api.live(...toApproval());
    expect(await decline({ modelDigest: 'ff'.repeat(32) })).toMatchObject({
      status: 409,
      body: { code: 'MODEL_CHANGED' },
    });
    api = createFakeApi();
    await api.live(...toTraining());
    expect(await decline({ modelDigest })).toMatchObject({ status: 409, body: { code: 'NOT_POSSIBLE_NOW' } });
  });
});

import { ProblemDocument, RunView, routeKey, routes } from '@dropforge/api-contract';
import { datasetReceived, datasetRejected } from '@dropforge/events';
import { commit, runIdOf } from '@dropforge/pipeline-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { routeTable } from '../route-table.ts';
import { createFakeApi, runId } from '../testing/fake-api.ts';
import { toApproval, toTraining } from '../testing/lives.ts';

let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
});
const path = { runId };
const drop = { project: 'flowers', source: { drop: 'drops/flowers/may/flowers.zip' } };

it('has a route for everything in the contract, and nothing else', () => {
  expect(Object.keys(routeTable).sort()).toEqual(Object.values(routes).map(routeKey).sort());
});

describe('POST /runs', () => {
  const start = (body: unknown, headers: Record<string, string> = {}) => api.ask('POST /runs', { body, headers });

  it('starts a run and says where it is', async () => {
    const { status, headers, body } = await start(drop);
    expect(status).toBe(201);
    expect(routes.startRun.answer.parse(body)).toMatchObject({ project: 'flowers', state: 'requested', ended: false });
    expect(headers.location).toBe(`runs/${body.runId}`);
    expect(new URL(String(headers.location), 'https://example.com/mapped/runs').pathname).toBe(
      `/mapped/runs/${body.runId}`,
    );
    expect(api.world.published).toEqual(['training.requested']);
  });

  it('starts another one each time when nobody says that it is the same', async () => {
    const [first, second] = [await start(drop), await start(drop)];
    expect(first.body.runId).not.toBe(second.body.runId);
  });

  it('starts one run for one Idempotency-Key, however its header is written', async () => {
    const first = await start(drop, { 'Idempotency-Key': 'nightly' });
    const second = await start(drop, { 'IDEMPOTENCY-KEY': 'nightly' });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(api.world.published).toEqual(['training.requested']);
  });

  it('gives the same run when it has moved on meanwhile', async () => {
    const first = await start(drop, { 'idempotency-key': 'nightly' });
    const received = { ...datasetReceived.example, runId: first.body.runId };
    await commit(datasetReceived.of(received), first.body.runId, api.kit);
    expect(await start(drop, { 'idempotency-key': 'nightly' })).toMatchObject({
      status: 200,
      body: { runId: first.body.runId, state: 'received' },
    });
  });

  it('refuses the key for another request, and says for which run it was used', async () => {
    const first = await start(drop, { 'idempotency-key': 'nightly' });
    const other = await start({ ...drop, recipe: 'batchSize: 8' }, { 'idempotency-key': 'nightly' });
    expect(other).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED', runId: first.body.runId },
    });
  });

  it('takes a frozen dataset, a recipe, and a body that came as base64', async () => {
    const asked = { project: 'flowers', source: { dataset: 'ab'.repeat(32) }, recipe: 'classes: [猫]' };
    const body = Buffer.from(JSON.stringify(asked)).toString('base64');
    const answered = await api.ask('POST /runs', { body, isBase64Encoded: true });
    expect(answered.status).toBe(201);
    const run = await api.kit.runs.read(answered.body.runId);
    expect(run?.facts['training.requested']).toMatchObject(asked);
  });

  it.each<[string, unknown, string, Record<string, string>]>([
    ['no JSON', '{"project":', 'BODY_NOT_JSON', {}],
    ['no body', undefined, 'REQUEST_INVALID', {}],
    ['no source', { project: 'flowers' }, 'REQUEST_INVALID', {}],
    ['two sources', { ...drop, source: { drop: 'drops/a', dataset: 'ab'.repeat(32) } }, 'REQUEST_INVALID', {}],
    ['a drop elsewhere', { ...drop, source: { drop: 'models/a.zip' } }, 'REQUEST_INVALID', {}],
    ['a project with a slash', { ...drop, project: '../etc' }, 'REQUEST_INVALID', {}],
    ['an unknown field', { ...drop, priority: 1 }, 'REQUEST_INVALID', {}],
    ['an empty key', drop, 'IDEMPOTENCY_KEY_INVALID', { 'idempotency-key': '' }],
    ['two keys', drop, 'IDEMPOTENCY_KEY_INVALID', { 'idempotency-key': 'a,b' }],
    ['two keys in two spellings', drop, 'IDEMPOTENCY_KEY_INVALID', { 'idempotency-key': 'a', 'Idempotency-Key': 'b' }],
    ['a key with a line break', drop, 'IDEMPOTENCY_KEY_INVALID', { 'idempotency-key': 'a\nb' }],
    ['half a character', '{"project":"a\\ud800","source":{"drop":"drops/a"}}', 'BODY_NOT_JSON', {}],
    ['a key without end', drop, 'IDEMPOTENCY_KEY_INVALID', { 'idempotency-key': 'x'.repeat(201) }],
  ])('refuses %s', async (_, body, code, headers) => {
    const answered = await start(body, headers);
    expect(answered).toMatchObject({ status: 400, headers: { 'content-type': 'application/problem+json' } });
    expect(ProblemDocument.parse(answered.body).code).toBe(code);
    expect(api.world.published).toEqual([]);
  });
});

describe('GET /runs', () => {
  beforeEach(async () => {
    for (const [index, project] of ['flowers', 'birds', 'flowers'].entries()) {
      api.world.minute = index;
      const id = runIdOf(String(index));
      await commit(datasetReceived.of({ ...datasetReceived.example, runId: id, project }), id, api.kit);
    }
  });
  const list = async (query?: Record<string, string>) => {
    const { status, body } = await api.ask('GET /runs', query ? { query } : {});
    expect(status).toBe(200);
    return routes.listRuns.answer.parse(body);
  };
  const ids = (page: { runs: { runId: string }[] }) => page.runs.map((run) => run.runId);

  it('lists runs from the newest on, page by page', async () => {
    const first = await list({ limit: '2' });
    expect(ids(first)).toEqual([runIdOf('2'), runIdOf('1')]);
    const second = await list({ limit: '2', cursor: first.cursor ?? '' });
    expect(ids(second)).toEqual([runIdOf('0')]);
    expect(second.cursor).toBeUndefined();
  });

  it('lists those of one project, and none of an unknown one', async () => {
    expect(ids(await list({ project: 'birds' }))).toEqual([runIdOf('1')]);
    expect(ids(await list({ project: 'fish' }))).toEqual([]);
  });

  it('answers a cursor that nobody gave out', async () => {
    expect(ids(await list({ cursor: 'zzz' }))).toHaveLength(3);
  });

  it.each([{ limit: '0' }, { limit: '201' }, { limit: 'many' }, { cursor: 'x'.repeat(2_001) }, { colour: 'red' }])(
    'refuses %o',
    async (query) => {
      expect(await api.ask('GET /runs', { query })).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    },
  );
});

describe('GET /runs/{runId}', () => {
  const show = () => api.ask('GET /runs/{runId}', { path });

  it('shows all that is known, and how far training is', async () => {
    await api.live(...toTraining());
    api.world.progress = { step: 120, steps: 1_800, loss: 0.69, secondsLeft: 43 };
    const { status, body } = await show();
    expect(status).toBe(200);
    expect(RunView.parse(body)).toMatchObject({
      runId,
      state: 'training',
      drop: 'drops/flowers/may/flowers.zip',
      dataset: { digest: 'ab'.repeat(32), classes: 5, trainImages: 3_600 },
      progress: { step: 120, steps: 1_800, loss: 0.69, secondsLeft: 43 },
      cost: { estimatedUsd: 0.3925, maximumUsd: 3.14, jobs: [] },
      reasons: [],
    });
    expect(body.history.map(({ to }: { to: string }) => to)).toEqual([
      'received',
      'validated',
      'configured',
      'training',
    ]);
  });

  it('shows the run when SageMaker does not say how far it is', async () => {
    await api.live(...toTraining());
    api.world.progress = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    const { status, body } = await show();
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('progress');
  });

  it('shows why a run was refused', async () => {
    await api.live(datasetRejected.of({ ...datasetRejected.example, reasons: [...datasetRejected.example.reasons] }));
    expect((await show()).body).toMatchObject({ ended: true, reasons: [{ code: 'EMPTY_CLASS' }] });
  });

  it('shows the model and that it waits for somebody', async () => {
    await api.live(...toApproval());
    expect((await show()).body).toMatchObject({
      state: 'awaiting-approval',
      model: { accuracy: 0.91, targets: ['x86_64'] },
    });
  });

  it.each(['run-aaaaaaaaaaaaaaaaaaaa', 'nonsense', '../runs', ''])('knows no run "%s"', async (unknown) => {
    const { status, body } = await api.ask('GET /runs/{runId}', { path: { runId: unknown } });
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'NO_SUCH_RUN', instance: `/runs/${unknown}` });
  });
});

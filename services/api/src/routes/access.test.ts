import { type RouteContract, routeKey, routes } from '@dropforge/api-contract';
import { datasetReceived, modelValidated } from '@dropforge/events';
import { commit, runIdOf } from '@dropforge/pipeline-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeApi, runId } from '../testing/fake-api.ts';

const { modelDigest } = modelValidated.example;
const other = runIdOf('birds');
const unknown = runIdOf('nothing');

let api: ReturnType<typeof createFakeApi>;
beforeEach(async () => {
  api = createFakeApi();
  await api.live(); // a run of the project "flowers"
  await commit(datasetReceived.of({ ...datasetReceived.example, runId: other, project: 'birds' }), other, api.kit);
});

/** A caller whose token is limited to the project "birds". */
const claims = { dropforge_projects: '[birds]' };
const bodies: Record<string, unknown> = { approve: { modelDigest }, decline: { modelDigest } };

describe('a caller who is limited to a project', () => {
  it.each(
    Object.values(routes as Record<string, RouteContract>)
      .map(routeKey)
      .filter((key) => key.includes('{runId}')),
  )('cannot tell the run of another project from one that is not there: %s', async (key) => {
    const body = bodies[key.split('/').at(-1) ?? ''];
    const ask = (asked: string) => api.ask(key, { path: { runId: asked }, claims, ...(body ? { body } : {}) });
    const [theirs, none] = [await ask(runId), await ask(unknown)];
    expect(theirs.status).toBe(404);
    expect({ ...theirs.body, instance: '' }).toEqual({ ...none.body, instance: '' });
    expect((await api.kit.runs.read(runId))?.history).toHaveLength(1);
  });

  it('sees its own runs', async () => {
    const { body } = await api.ask('GET /runs', { claims });
    expect(body.runs.map((run: { runId: string }) => run.runId)).toEqual([other]);
    expect((await api.ask('GET /runs', { claims, query: { project: 'flowers' } })).body.runs).toEqual([]);
    expect((await api.ask('GET /runs/{runId}', { claims, path: { runId: other } })).status).toBe(200);
  });

  it('starts and uploads nothing for another, nor with its drops', async () => {
    const refused = { status: 403, body: { code: 'PROJECT_NOT_ALLOWED' } };
    const start = (project: string, drop: string) =>
      api.ask('POST /runs', { claims, body: { project, source: { drop } } });
    expect(await start('flowers', 'drops/flowers/a/a.zip')).toMatchObject(refused);
    expect(await start('birds', 'drops/flowers/a/a.zip')).toMatchObject(refused);
    expect(await start('birds', 'drops/birds/a/a.zip')).toMatchObject({ status: 201 });
    const body = { project: 'flowers', drop: 'may', fileName: 'a.zip' };
    expect(await api.ask('POST /uploads', { claims, body })).toMatchObject(refused);
    expect(await api.ask('GET /devices', { claims })).toMatchObject(refused);
  });

  it('sees the models of its own runs alone', async () => {
    for (const [modelId, run] of Object.entries({ 'flowers-a': runId, 'birds-a': other, 'lost-a': unknown })) {
      const createdAt = '2026-01-01T00:00:00.000Z';
      const input = { height: 32, width: 32, channels: 3 };
      api.world.releases.set(modelId, { modelId, modelDigest, runId: run, createdAt, classes: ['a', 'b'], input });
    }
    const stored = await api.kit.runs.read(other);
    if (stored) await api.kit.runs.write({ ...stored, facts: { 'model.validated': { modelId: 'birds-a' } } });
    expect((await api.ask('GET /models', { claims })).body).toEqual({ models: [{ modelId: 'birds-a' }] });
    const show = async (modelId: string) =>
      (await api.ask('GET /models/{modelId}', { claims, path: { modelId } })).status;
    expect([await show('birds-a'), await show('flowers-a'), await show('lost-a'), await show('none')]).toEqual([
      ...[200, 404, 404, 404],
    ]);
  });

  it('that is none sees nothing', async () => {
    const { body } = await api.ask('GET /runs', { claims: { dropforge_projects: '' } });
    expect(body.runs).toEqual([]);
  });
});

describe('what a route does not look at', () => {
  it.each(
    Object.values(routes as Record<string, RouteContract>)
      .filter(({ body }) => !body)
      .map(routeKey),
  )('is refused: a body for %s', async (key) => {
    const answered = await api.ask(key, { path: { runId, modelId: 'm', webhookId: 'wh-1' }, body: { reason: 'x' } });
    expect(answered).toMatchObject({ status: 400, body: { code: 'BODY_NOT_EXPECTED' } });
  });

  it.each(Object.values(routes as Record<string, RouteContract>).map(routeKey))(
    'is refused: an unknown query parameter of %s',
    async (key) => {
      const answered = await api.ask(key, {
        path: { runId, modelId: 'm', webhookId: 'wh-1' },
        query: { colour: 'red' },
      });
      expect(answered).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    },
  );

  it.each(
    Object.values(routes as Record<string, RouteContract>)
      .filter(({ body }) => body)
      .map(routeKey),
  )('is refused: a body of another type, size or shape for %s', async (key) => {
    const ask = async (body: unknown, headers = {}) => {
      const answered = await api.ask(key, { path: { runId }, body, headers });
      return [answered.status, answered.body.code];
    };
    expect(await ask({ a: 1 }, { 'content-type': 'text/plain' })).toEqual([415, 'CONTENT_TYPE_UNSUPPORTED']);
    expect(await ask({ a: 'x'.repeat(600_000) })).toEqual([413, 'BODY_TOO_LARGE']);
    for (const body of ['[]', '"text"', 'null', '{"colour":"red"}', '{"__proto__":{}}'])
      expect(await ask(body), body).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask(undefined)).toEqual([400, 'REQUEST_INVALID']);
  });
});

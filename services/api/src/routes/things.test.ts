import { routes } from '@dropforge/api-contract';
import { describe, expect, it } from 'vitest';
import { createFakeApi, runId } from '../testing/fake-api.ts';

describe('GET /health', () => {
  it('is well when table and bucket answer', async () => {
    const { status, body } = await createFakeApi().ask('GET /health');
    expect(status).toBe(200);
    expect(routes.health.answer.parse(body)).toEqual({ status: 'ok', checks: { table: 'ok', bucket: 'ok' } });
  });

  it('is not when one does not', async () => {
    const api = createFakeApi();
    api.world.bucketAnswers = false;
    expect(await api.ask('GET /health')).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR' } });
  });
});

describe('POST /uploads', () => {
  const upload = (body: unknown) => createFakeApi().ask('POST /uploads', { body });

  it('gives a link to where the archive starts a run', async () => {
    const { status, body } = await upload({ project: 'flowers', drop: 'may 2026', fileName: 'red flower+1.zip' });
    expect(status).toBe(201);
    expect(routes.createUpload.answer.parse(body).key).toBe('drops/flowers/may 2026/red flower+1.zip');
  });

  it.each([
    [{ drop: '..' }, 'REQUEST_INVALID'],
    [{ project: 'a/b' }, 'REQUEST_INVALID'],
    [{ fileName: 'a\u0000.zip' }, 'REQUEST_INVALID'],
    [{ fileName: '' }, 'REQUEST_INVALID'],
    [{ fileName: '..' }, 'KEY_UNFIT'],
    [{ project: '猫'.repeat(100), drop: '猫'.repeat(100), fileName: '猫'.repeat(200) }, 'KEY_UNFIT'],
  ])('refuses %o', async (change, code) => {
    const asked = { project: 'flowers', drop: 'may', fileName: 'a.zip', ...change };
    expect(await upload(asked)).toMatchObject({ status: 400, body: { code } });
  });
});

it('GET /runs/{runId}/files links to what a run wrote, but not to its checkpoints', async () => {
  const api = createFakeApi();
  await api.live();
  for (const name of ['report/report.json', 'artifact/t1/output.tar.gz', 'checkpoints/1.pt'])
    api.world.objects.set(`runs/${runId}/${name}`, 7);
  const { status, body } = await api.ask('GET /runs/{runId}/files', { path: { runId } });
  expect(status).toBe(200);
  const { files } = routes.listFiles.answer.parse(body);
  expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['report/report.json', 7],
    ['artifact/t1/output.tar.gz', 7],
  ]);
  expect(await api.ask('GET /runs/{runId}/files', { path: { runId: 'x' } })).toMatchObject({ status: 404 });
});

describe('models', () => {
  const modelId = 'flowers-abababab-mzxw6y';
  const withModel = () => {
    const api = createFakeApi();
    api.world.releases.set(modelId, {
      modelId,
      modelDigest: 'ab'.repeat(32),
      runId,
      createdAt: '2026-01-01T00:00:00.000Z',
      classes: ['cat', 'dog'],
      input: { height: 32, width: 32, channels: 3 },
    });
    api.world.objects.set(`models/${modelId}/output.tar.gz`, 9);
    return api;
  };

  it('GET /models lists them', async () => {
    const { body } = await withModel().ask('GET /models');
    expect(routes.listModels.answer.parse(body)).toEqual({ models: [{ modelId }] });
  });

  it('GET /models/{modelId} shows one with its files', async () => {
    const { status, body } = await withModel().ask('GET /models/{modelId}', { path: { modelId } });
    expect(status).toBe(200);
    expect(routes.showModel.answer.parse(body)).toMatchObject({
      modelId,
      classes: ['cat', 'dog'],
      files: [{ name: 'output.tar.gz', bytes: 9 }],
    });
  });

  it.each(['nothing', '../runs', 'A', ''])('GET /models/{modelId} knows no "%s"', async (unknown) => {
    const answered = await withModel().ask('GET /models/{modelId}', { path: { modelId: unknown } });
    expect(answered).toMatchObject({ status: 404, body: { code: 'NO_SUCH_MODEL' } });
  });
});

it('GET /devices lists those that spoke and those that never did', async () => {
  const api = createFakeApi();
  const activeModel = { modelId: 'm', modelDigest: 'ab'.repeat(32) };
  const sentAt = '2026-01-01T00:00:00.000Z';
  const report = {
    thing: 'a',
    status: 'alive',
    architecture: 'armv7l',
    agentVersion: '1',
    activeModel,
    sentAt,
  } as const;
  api.world.devices.push({ thing: 'a', report }, { thing: 'b' });
  const { body } = await api.ask('GET /devices');
  expect(routes.listDevices.answer.parse(body).devices).toEqual([
    { thing: 'a', architecture: 'armv7l', status: 'alive', lastSeenAt: sentAt, activeModel, predictUrl: null },
    { thing: 'b', architecture: null, status: 'unknown', lastSeenAt: null, activeModel: null, predictUrl: null },
  ]);
});

it('GET /nowhere is a problem', async () => {
  expect(await createFakeApi().ask('GET /nowhere')).toMatchObject({ status: 404, body: { code: 'NO_SUCH_ROUTE' } });
});

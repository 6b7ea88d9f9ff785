import { routes } from '@dropforge/api-contract';
import { webhookMaximum, webhookSecret } from '@dropforge/pipeline-state/webhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeApi } from '../testing/fake-api.ts';

const url = 'https://example.com/hook';
let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
});
const create = (body: object, claims = {}) => api.ask('POST /webhooks', { body, claims });
const list = async (claims = {}) => (await api.ask('GET /webhooks', { claims })).body.webhooks;
const remove = (webhookId: string, claims = {}) =>
  api.ask('DELETE /webhooks/{webhookId}', { path: { webhookId }, claims });

describe('POST /webhooks', () => {
  it('shows the secret this once, and keeps it nowhere', async () => {
    const { status, body } = await create({ url, events: ['model.validated', 'model.validated'], project: 'flowers' });
    expect(status).toBe(201);
    const { secret, ...shown } = routes.createWebhook.answer.parse(body);
    expect(secret).toBe(webhookSecret('stack key', shown.webhookId));
    expect(shown).toMatchObject({ url, events: ['model.validated'], project: 'flowers', status: 'on' });
    expect(shown.createdBy).toBe('ana@example.com (42)');
    expect(await list()).toEqual([shown]);
    expect(JSON.stringify(await api.ports.webhooks.store.list())).not.toContain(secret.slice(6));
  });

  it('sends every event of every project unless told otherwise', async () => {
    expect((await create({ url })).body).toMatchObject({ events: null, project: null });
  });

  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://2130706433/',
    'https://localhost/',
    'https://example.com:22/',
    'https://ana:secret@example.com/',
    'example.com',
  ])('refuses the address %s', async (refused) => {
    expect(await create({ url: refused })).toMatchObject({ status: 400, body: { code: 'WEBHOOK_URL_REFUSED' } });
    expect(await list()).toEqual([]);
  });

  it.each([
    { url, events: [] },
    { url, events: ['model.trained'] },
    { url, project: '../x' },
    { url, secret: 'mine' },
    { url: `${url}?${'x'.repeat(2_000)}` },
    {},
  ])('refuses %o', async (body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  });

  it('makes so many and no more', async () => {
    for (let index = 0; index < webhookMaximum; index++) expect((await create({ url })).status).toBe(201);
    expect(await create({ url })).toMatchObject({ status: 409, body: { code: 'WEBHOOKS_FULL' } });
  });
});

describe('GET and DELETE /webhooks', () => {
  it('show why one fails or is off', async () => {
    const { webhookId } = (await create({ url })).body;
    const since = '2026-01-01T00:00:00.000Z';
    const { noteFailure, switchOff } = api.webhooks;
    await noteFailure(webhookId, since, 'The receiver answered 500.');
    expect(await list()).toMatchObject([{ status: 'on', failing: { since, reason: 'The receiver answered 500.' } }]);
    await switchOff(webhookId, 'Nobody answers.');
    expect(await list()).toMatchObject([{ status: 'off', offReason: 'Nobody answers.' }]);
  });

  it('remove one, once', async () => {
    const { webhookId } = (await create({ url })).body;
    expect(await remove(webhookId)).toMatchObject({ status: 200, body: { webhookId } });
    expect(await list()).toEqual([]);
    for (const gone of [webhookId, 'nonsense', '']) {
      expect(await remove(gone)).toMatchObject({ status: 404, body: { code: 'NO_SUCH_WEBHOOK' } });
    }
  });

  it('keep to the projects of the caller', async () => {
    const birds = { dropforge_projects: 'birds' };
    const refused = { status: 403, body: { code: 'PROJECT_NOT_ALLOWED' } };
    expect(await create({ url }, birds)).toMatchObject(refused);
    expect(await create({ url, project: 'flowers' }, birds)).toMatchObject(refused);
    const everything = (await create({ url })).body.webhookId;
    const own = (await create({ url, project: 'birds' }, birds)).body.webhookId;
    expect((await list(birds)).map((one: { webhookId: string }) => one.webhookId)).toEqual([own]);
    expect(await remove(everything, birds)).toMatchObject({ status: 404 });
    expect(await remove(own, birds)).toMatchObject({ status: 200 });
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { Problem, startFakeApi } from '../testing/fake-api.ts';
import { runCommand } from '../testing/run-command.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function withApi(fakes: Parameters<typeof startFakeApi>[0]) {
  const api = await startFakeApi(fakes);
  open.push(api);
  return { api, run: (...args: string[]) => runCommand(['--api', api.url, 'webhooks', ...args]) };
}

const webhook = {
  ...{ webhookId: 'wh-1', url: 'https://example.com/hook', events: null, project: null },
  ...{ createdAt: '2026-08-02T10:15:00.000Z', createdBy: 'ana', status: 'on', offReason: null, failing: null },
} as const;

describe('webhooks', () => {
  it('are listed with how their deliveries go', async () => {
    const failing = { since: '2026-08-02T10:15:00.000Z', reason: 'The receiver answered 500.' };
    const off = { ...webhook, webhookId: 'wh-3', status: 'off' as const, offReason: 'The receiver answered 410 Gone.' };
    const chosen = { ...webhook, webhookId: 'wh-2', events: ['model.validated'], project: 'flowers', failing };
    const { run } = await withApi({ listWebhooks: () => ({ webhooks: [webhook, chosen, off] }) });
    const { code, out } = await run('list');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
      'WEBHOOK | URL | EVENTS | STATUS',
      'wh-1 | https://example.com/hook | every event | on',
      'wh-2 | https://example.com/hook | model.validated of flowers | failing since 2026-08-02 10:15:00: The receiver answered 500.',
      'wh-3 | https://example.com/hook | every event | off: The receiver answered 410 Gone.',
      '',
    ]);
  });

  it('are made with a filter, and their secret is shown', async () => {
    const { api, run } = await withApi({ createWebhook: () => ({ ...webhook, secret: 'whsec_x' }) });
    const { code, out } = await run(
      ...['add', webhook.url, '--events', 'model.validated,run.stalled', '--project', 'flowers'],
    );
    expect([code, out]).toEqual([0, expect.stringContaining('Secret: whsec_x')]);
    expect(api.requests[0]?.body).toEqual({
      ...{ url: webhook.url, events: ['model.validated', 'run.stalled'], project: 'flowers' },
    });
  });

  it('are not made for an event that does not exist', async () => {
    const { api, run } = await withApi({});
    const { code, err } = await run('add', webhook.url, '--events', 'model.trained');
    expect([code, err]).toEqual([2, expect.stringContaining('model.validated')]);
    expect(api.requests).toEqual([]);
  });

  it('are removed by their id, or said not to be there', async () => {
    const { api, run } = await withApi({ deleteWebhook: () => webhook });
    expect(await run('remove', 'wh-1')).toMatchObject({ code: 0, out: 'wh-1 is removed.\n' });
    expect(api.requests[0]?.route).toBe('DELETE /webhooks/wh-1');
    const refuse = () => new Problem(404, 'NO_SUCH_WEBHOOK', 'There is no such webhook.');
    expect((await (await withApi({ deleteWebhook: refuse })).run('remove', 'wh-2')).err).toContain('NO_SUCH_WEBHOOK');
  });
});

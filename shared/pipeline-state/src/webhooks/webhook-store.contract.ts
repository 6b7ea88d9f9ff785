import { beforeEach, expect, it } from 'vitest';
import { type Webhook, webhookMaximum } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

const webhook = (name: string, fields: Partial<Webhook> = {}): Webhook => ({
  webhookId: `wh-${name}`,
  url: 'https://example.com/hook',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ana',
  ...fields,
});

/** What every webhook store promises. */
export function webhookStoreContract(create: () => Promise<WebhookStore>): void {
  let store: WebhookStore;
  beforeEach(async () => {
    store = await create();
  });

  it('keeps webhooks, the oldest first, and forgets what is removed', async () => {
    const second = webhook('b', { createdAt: '2026-01-02T00:00:00.000Z', events: ['model.validated'], project: 'x' });
    expect([await store.add(second), await store.add(webhook('a'))]).toEqual([true, true]);
    expect(await store.list()).toEqual([webhook('a'), second]);
    expect(await store.remove('wh-b')).toEqual(second);
    expect(await store.remove('wh-b')).toBeUndefined();
    expect(await store.list()).toEqual([webhook('a')]);
  });

  it('holds so many and no more, and takes another when one is gone', async () => {
    const wanted = Array.from({ length: webhookMaximum + 2 }, (_, index) => webhook(`${index}`));
    const taken = [];
    for (const one of wanted) taken.push(await store.add(one));
    expect(taken.filter(Boolean)).toHaveLength(webhookMaximum);
    await store.remove('wh-3');
    expect(await store.add(webhook('new'))).toBe(true);
    expect(await store.list()).toHaveLength(webhookMaximum);
  });

  it('holds no more when several are added at once', async () => {
    for (let index = 0; index < webhookMaximum - 1; index++) await store.add(webhook(`${index}`));
    const results = await Promise.all(['x', 'y', 'z'].map((name) => store.add(webhook(name))));
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  it('remembers when failures began until a delivery goes well', async () => {
    await store.add(webhook('a'));
    await store.noteFailure('wh-a', '2026-01-01T01:00:00.000Z', 'HTTP 500');
    const failing = { since: '2026-01-01T01:00:00.000Z', reason: 'HTTP 503' };
    expect(await store.noteFailure('wh-a', '2026-01-01T02:00:00.000Z', 'HTTP 503')).toEqual(webhook('a', { failing }));
    await store.noteSuccess('wh-a');
    expect(await store.list()).toEqual([webhook('a')]);
  });

  it('shows why one was switched off', async () => {
    await store.add(webhook('a'));
    await store.switchOff('wh-a', 'Nobody answers.');
    expect(await store.list()).toEqual([webhook('a', { offReason: 'Nobody answers.' })]);
  });

  it('notes nothing about one that is not there', async () => {
    await store.noteSuccess('wh-a');
    await store.switchOff('wh-a', 'x');
    expect(await store.noteFailure('wh-a', '2026-01-01T01:00:00.000Z', 'x')).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });
}

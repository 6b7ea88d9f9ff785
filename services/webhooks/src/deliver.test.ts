import { createMemoryWebhookStore, signWebhook, webhookSecret } from '@dropforge/pipeline-state/webhooks';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliver } from './deliver.ts';
import type { DeliveryPorts, SendOutcome, WebhookRequest } from './ports.ts';

const webhookId = 'wh-a';
const day = 86_400_000;
let webhooks: ReturnType<typeof createMemoryWebhookStore>;
let now: Date;
let sent: WebhookRequest[];
let delays: number[];
let outcome: SendOutcome;

beforeEach(async () => {
  webhooks = createMemoryWebhookStore();
  await webhooks.add({ webhookId, url: 'https://example.com/hook', createdAt: '', createdBy: 'ana' });
  now = new Date('2026-01-01T00:00:00.000Z');
  sent = [];
  delays = [];
  outcome = { ok: true, status: 204 };
});

function attempt(receiveCount = 1, id = webhookId) {
  const ports: DeliveryPorts = {
    ...{ webhooks, now: () => now, stackKey: async () => 'stack key' },
    async send(request) {
      sent.push(request);
      return outcome;
    },
    delay: async (_, seconds) => void delays.push(seconds),
  };
  const body = JSON.stringify({ webhookId: id, eventId: 'run-a.t1.model.validated', body: '{"type":"x"}' });
  return deliver({ body, receiveCount, receiptHandle: 'r' }, ports);
}
const shown = async () => (await webhooks.list())[0];
const fails = (status = 500) => {
  outcome = { ok: false, status, reason: `The receiver answered ${status}.` };
};

describe('a delivery', () => {
  it('is signed for this webhook and this time, with the id of the event', async () => {
    expect(await attempt()).toBe('done');
    const id = 'run-a.t1.model.validated';
    const timestamp = now.getTime() / 1_000;
    expect(sent).toEqual([
      {
        url: 'https://example.com/hook',
        body: '{"type":"x"}',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Dropforge-Webhooks/1',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signWebhook(webhookSecret('stack key', webhookId), {
            id,
            timestamp,
            body: '{"type":"x"}',
          }),
        },
      },
    ]);
  });

  it('that fails comes again, later each time, and is given up after about a day', async () => {
    fails();
    const results = [];
    for (let count = 1; count <= 10; count++) results.push(await attempt(count));
    expect(results).toEqual([...Array(9).fill('again'), 'done']);
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(Math.max(...delays)).toBeLessThanOrEqual(43_200);
    const total = delays.reduce((sum, seconds) => sum + seconds, 0);
    expect(total).toBeGreaterThan(20 * 3_600);
    expect(total).toBeLessThan(4 * 86_400);
    expect(await shown()).toMatchObject({
      failing: { since: '2026-01-01T00:00:00.000Z', reason: 'The receiver answered 500.' },
    });
  });

  it('that goes well again ends the failing', async () => {
    fails();
    await attempt();
    outcome = { ok: true, status: 200 };
    await attempt(2);
    expect((await shown())?.failing).toBeUndefined();
  });

  it('is dropped when its webhook is gone or off', async () => {
    expect(await attempt(1, 'wh-gone')).toBe('done');
    await webhooks.switchOff(webhookId, 'off');
    expect(await attempt()).toBe('done');
    expect(sent).toEqual([]);
  });
});

describe('a webhook', () => {
  it('is switched off, with the reason, when nothing went well for three days', async () => {
    fails(503);
    await attempt();
    now = new Date(now.getTime() + 3 * day - 1_000);
    expect(await attempt()).toBe('again');
    now = new Date(now.getTime() + 1_000);
    expect(await attempt()).toBe('done');
    expect((await shown())?.offReason).toBe(
      'No delivery went well since 2026-01-01T00:00:00.000Z; the last: The receiver answered 503.',
    );
    expect(await attempt()).toBe('done');
    expect(sent).toHaveLength(3);
  });

  it('is switched off at once by 410 Gone', async () => {
    fails(410);
    expect(await attempt()).toBe('done');
    expect((await shown())?.offReason).toBe('The receiver answered 410 Gone.');
  });
});

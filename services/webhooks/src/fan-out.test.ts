import { modelValidated, trainingRequested } from '@dropforge/events';
import { createMemoryWebhookStore, type Webhook, webhookMaximum } from '@dropforge/pipeline-state/webhooks';
import { expect, it } from 'vitest';
import { batchesOf } from './batches.ts';
import { fanOut } from './fan-out.ts';

const occurredAt = '2026-01-01T00:00:00.000Z';
const validated = {
  eventId: 'e1',
  occurredAt,
  event: modelValidated.of({ ...modelValidated.example, targets: ['x86_64'] }),
};
const hook = (webhookId: string, fields: Partial<Webhook> = {}): Webhook => ({
  ...{ webhookId, url: 'https://example.com/', createdAt: occurredAt, createdBy: 'ana' },
  ...fields,
});

async function queuedFor(delivery: Parameters<typeof fanOut>[0], ...hooks: Webhook[]) {
  const webhooks = createMemoryWebhookStore();
  for (const one of hooks) await webhooks.add(one);
  const queued: { webhookId: string; eventId: string; body: string }[] = [];
  const enqueue = async (messages: readonly string[]) => void queued.push(...messages.map((text) => JSON.parse(text)));
  await fanOut(delivery, { webhooks, enqueue });
  return queued;
}

it('queues an event for each webhook that wants it, and for no other', async () => {
  const queued = await queuedFor(
    validated,
    hook('wh-all'),
    hook('wh-events', { events: ['model.validated', 'run.stalled'] }),
    hook('wh-project', { project: 'flowers' }),
    hook('wh-other-event', { events: ['run.stalled'] }),
    hook('wh-other-project', { project: 'birds' }),
    hook('wh-off', { offReason: 'gone' }),
  );
  expect(queued.map(({ webhookId }) => webhookId)).toEqual(['wh-all', 'wh-events', 'wh-project']);
  expect(new Set(queued.map(({ eventId }) => eventId))).toEqual(new Set(['e1']));
});

it('sends the event as the catalogue describes it, and which it is', async () => {
  const [queued] = await queuedFor(validated, hook('wh-all'));
  expect(JSON.parse(queued?.body ?? '')).toEqual({
    ...{ type: 'model.validated', version: 1, eventId: 'e1', occurredAt },
    data: validated.event.data,
  });
});

it('knows the project of a request, which has no run yet', async () => {
  const event = trainingRequested.of(trainingRequested.example) as never; // any event of ours will do
  expect(
    await queuedFor({ eventId: 'e2', occurredAt, event }, hook('wh-flowers', { project: 'flowers' })),
  ).toHaveLength(1);
});

it('queues nothing where nobody listens', async () => {
  expect(await queuedFor(validated)).toEqual([]);
});

it('sends batches that SQS takes, in order, and loses none', () => {
  const messages = Array.from({ length: webhookMaximum + 5 }, (_, index) => `${index}:${'猫'.repeat(index * 2_000)}`);
  const batches = batchesOf(messages);
  expect(batches.flat()).toEqual(messages);
  for (const batch of batches) {
    expect(batch.length).toBeLessThanOrEqual(10);
    const bytes = Buffer.byteLength(batch.join(''));
    expect(batch.length === 1 || bytes <= 262_144).toBe(true);
  }
  expect(batchesOf([])).toEqual([]);
});

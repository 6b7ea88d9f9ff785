import { trainingStarted } from '@dropforge/events';
import { expect, it } from 'vitest';
import { type Delivery, runAnyEvent } from './on-any-event.ts';

const occurredAt = '2026-01-01T00:00:00.000Z';
const envelope = {
  'detail-type': 'training.started',
  detail: { version: 1, eventId: 'e1', occurredAt, data: trainingStarted.example },
};

async function heard(said: Parameters<typeof runAnyEvent>[0]): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  await runAnyEvent(
    said,
    async (delivery) => void deliveries.push(delivery),
    () => undefined,
    () => ({ read: async () => undefined }),
  );
  return deliveries;
}

it('hands an event on with the id by which a repeat is known', async () => {
  expect(await heard(envelope)).toEqual([
    { eventId: 'e1', occurredAt, event: trainingStarted.of(trainingStarted.example) },
  ]);
});

it('tells nobody of a replay from an archive', async () => {
  expect(await heard({ ...envelope, 'replay-name': 'after-the-outage' })).toEqual([]);
});

it('leaves an event that is not in the catalogue, and stops at one that breaks its contract', async () => {
  expect(await heard({ ...envelope, 'detail-type': 'training.dreamt' })).toEqual([]);
  await expect(heard({ ...envelope, detail: { ...envelope.detail, data: {} } })).rejects.toThrow(/runId/);
});

import type { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { datasetReceived } from '@dropforge/events';
import { commit, createMemoryRunStore, type OutboxEntry, sendOutbox } from '@dropforge/pipeline-state';
import { describe, expect, it } from 'vitest';
import { createPublish } from './publish.ts';

const entry = (index: number): OutboxEntry => ({
  eventId: `event-${index}`,
  name: 'dataset.received',
  occurredAt: '2026-01-01T00:00:00.000Z',
  data: datasetReceived.example,
});
const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index));

/** A bus that refuses the entries that it is told to, in PutEvents' own way: no error, an answer for each. */
function createBus(refuses: (eventId: string) => boolean = () => false) {
  const calls: PutEventsCommand['input'][] = [];
  const send = async ({ input }: PutEventsCommand) => {
    calls.push(input);
    const Entries = (input.Entries ?? []).map(({ Detail = '' }) =>
      refuses(JSON.parse(Detail).eventId)
        ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }
        : { EventId: 'x' },
    );
    return { FailedEntryCount: Entries.filter(({ EventId }) => !EventId).length, Entries };
  };
  return { calls, client: { send } as unknown as EventBridgeClient }; // as much of the client as publishing uses
}

describe('publishing', () => {
  it('says who says what, with the id by which a repeat is known', async () => {
    const bus = createBus();
    expect(await createPublish(bus.client, 'dropforge')([entry(0)])).toEqual(new Set(['event-0']));
    expect(bus.calls[0]?.Entries).toEqual([
      {
        EventBusName: 'dropforge',
        Source: 'dropforge.dataset-validator',
        DetailType: 'dataset.received',
        Time: new Date('2026-01-01T00:00:00.000Z'),
        Detail: JSON.stringify({
          version: 1,
          eventId: 'event-0',
          occurredAt: '2026-01-01T00:00:00.000Z',
          data: datasetReceived.example,
        }),
      },
    ]);
  });

  it('sends at most ten at a time', async () => {
    const bus = createBus();
    expect(await createPublish(bus.client, 'b')(entries(23))).toHaveProperty('size', 23);
    expect(bus.calls.map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 3]);
  });

  it('does not count the 3 of 10 that the bus refused', async () => {
    const bus = createBus((id) => ['event-2', 'event-5', 'event-9'].includes(id));
    const sent = await createPublish(bus.client, 'b')(entries(10));
    expect([...sent]).toEqual([0, 1, 3, 4, 6, 7, 8].map((index) => `event-${index}`));
  });

  it('throws nothing when the bus is down: the events are still on their run', async () => {
    const client = { send: () => Promise.reject(new Error('ECONNREFUSED')) } as unknown as EventBridgeClient; // ditto
    expect(await createPublish(client, 'b')(entries(2))).toEqual(new Set());
  });
});

it('keeps what the bus refused in the outbox, and sends it alone the next time', async () => {
  let down = true;
  const bus = createBus((id) => down && ['event-2', 'event-5', 'event-9'].includes(id));
  const now = () => new Date('2026-01-01T00:00:00Z');
  const kit = { runs: createMemoryRunStore(), publish: createPublish(bus.client, 'b'), now };
  const { runId } = datasetReceived.example;
  await commit(datasetReceived.of(datasetReceived.example), runId, kit);
  const run = await kit.runs.read(runId);
  if (!run) throw new Error('the run was begun');
  await kit.runs.write({ ...run, outbox: entries(10) });

  const left = await sendOutbox(runId, kit);
  expect(left?.outbox.map(({ eventId }) => eventId)).toEqual(['event-2', 'event-5', 'event-9']);
  expect(left?.attentionAt).toBe('2026-01-01T00:01:00.000Z');

  down = false;
  expect((await sendOutbox(runId, kit))?.outbox).toEqual([]);
  expect(bus.calls.at(-1)?.Entries).toHaveLength(3);
});

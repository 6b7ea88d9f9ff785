import { type EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { contractOf } from '@dropforge/events';
import type { OutboxEntry, Publish } from '@dropforge/pipeline-state';
import { count, logger } from './observability.ts';

/** PutEvents takes ten entries at a time and answers for each: those it refused stay in the outbox. */
const batch = 10;

/** Sends events of ours to the bus. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function createPublish(client: EventBridgeClient, busName: string): Publish {
  return async (entries) => {
    const sent = new Set<string>();
    for (let start = 0; start < entries.length; start += batch) {
      const part = entries.slice(start, start + batch);
      for (const entry of await putEvents(client, busName, part)) sent.add(entry.eventId);
    }
    return sent;
  };
}

/** Never throws: an event that is not taken is still on its run, and the reconciler sends it later. */
async function putEvents(client: EventBridgeClient, busName: string, entries: readonly OutboxEntry[]) {
  try {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({
        Entries: entries.map((entry) => toPutEventsEntry(entry, busName)),
      }),
    );
    const taken = entries.filter((_, index) => Entries[index]?.EventId !== undefined);
    if (taken.length < entries.length) noteUnsent(entries.length - taken.length, Entries);
    return taken;
  } catch (error) {
    count('EventsUnsent', entries.length);
    logger.warn('EVENTS_NOT_SENT: the bus did not take the events; they stay on the run', error as Error); // SDK errors
    return [];
  }
}

function noteUnsent(events: number, answers: readonly PutEventsResultEntry[]): void {
  count('EventsUnsent', events);
  const codes = [...new Set(answers.flatMap(({ ErrorCode }) => ErrorCode ?? []))];
  logger.warn('EVENTS_REFUSED: the bus refused some events; they stay on the run', { events, codes });
}

function toPutEventsEntry({ eventId, name, occurredAt, data }: OutboxEntry, EventBusName: string) {
  const contract = contractOf(name);
  if (!contract) throw new Error(`no contract for the event ${name}`);
  return {
    EventBusName,
    Source: `dropforge.${contract.publisher}`,
    DetailType: name,
    Time: new Date(occurredAt),
    Detail: JSON.stringify({
      version: contract.version,
      eventId,
      occurredAt,
      data,
    }),
  };
}

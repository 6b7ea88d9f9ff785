import type { OutboxEntry } from './run.ts';

/**
 * No event of ours is larger. The bus takes 256 KB, but the run's item holds what events said, twice while they are
 * unsent, and may have 400 KB. What is larger belongs into the bucket, and its key into the event.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
 */
const eventMaximumBytes = 200 * 1024;

/** A bug of whoever made the event: nothing was written, and a repeat would not help. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  readonly code = 'EVENT_TOO_LARGE';
}

/** @throws EventTooLarge for the first event that is. */
export function checkEventSizes(entries: readonly OutboxEntry[]): void {
  for (const { name, data, eventId } of entries) {
    const bytes = Buffer.byteLength(JSON.stringify(data));
    if (bytes > eventMaximumBytes)
      throw new EventTooLarge(`${name} (${eventId}) has ${bytes} bytes; at most ${eventMaximumBytes} are sent.`);
  }
}

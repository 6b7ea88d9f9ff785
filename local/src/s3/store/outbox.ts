/**
 * Notifications that wait to be delivered. One is written in the same transaction as the object it speaks of, and removed
 * when the receiver has taken it, so a crash at any moment delivers it again rather than never. As on AWS, delivery is at
 * least once and in no promised order; `sequencer` tells the order of one key's events.
 */

import type { Database } from './database.ts';

/** What EventBridge's "Object Created" says. Amazon S3 user guide, "EventBridge event message structure". */
export interface ObjectCreated {
  readonly bucket: string;
  /** As it is: EventBridge's events, unlike S3's older notifications, do not URL-encode it. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotation marks. */
  readonly etag: string;
  /** Only in buckets with versioning. */
  readonly versionId?: string;
  /** Hexadecimal; compares as text, later is greater. */
  readonly sequencer: string;
  readonly reason: 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';
  readonly requestId: string;
  /** The account or, here, the access key that asked. */
  readonly requester: string;
  readonly sourceIpAddress: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export type Deliver = (event: ObjectCreated) => Promise<void> | void;

export interface Outbox {
  /** Must run in the transaction of the object. */
  add(event: ObjectCreated): void;
  /** Delivers what waits; returns at once. Call it after the transaction. */
  flush(): void;
  /** Stops delivering and waits for deliveries under way. What is left is delivered after the next start. */
  close(): Promise<void>;
}

interface OutboxOptions {
  readonly deliver: Deliver;
  readonly log: (message: string, detail: unknown) => void;
}

const IN_FLIGHT_MAX = 16;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 30_000;

export function createOutbox(database: Database, { deliver, log }: OutboxOptions): Outbox {
  /** Deliveries under way, and those that wait to be tried again. */
  const busy = new Map<number, Promise<void>>();
  const stopping = new AbortController();

  async function deliverOne(id: number, event: ObjectCreated): Promise<void> {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      try {
        await deliver(event);
        if (!stopping.signal.aborted) database.run('delete from outbox where id = ?', id);
        return;
      } catch (error) {
        log(`S3_NOTIFICATION_DELAYED: ${event.bucket}/${event.key} was not taken; it will be sent again`, error);
        await pause(Math.min(RETRY_MS_MIN * 2 ** attempt, RETRY_MS_MAX), stopping.signal);
      }
    }
  }

  function flush(): void {
    if (stopping.signal.aborted || busy.size >= IN_FLIGHT_MAX) return;
    const rows = database.all<{ id: number; event: string }>(
      'select id, event from outbox order by id limit ?',
      IN_FLIGHT_MAX * 2,
    );
    for (const { id, event } of rows) {
      if (busy.has(id) || busy.size >= IN_FLIGHT_MAX) continue;
      const delivery = deliverOne(id, JSON.parse(event)).finally(() => {
        busy.delete(id);
        flush();
      });
      busy.set(id, delivery);
    }
  }

  return {
    add(event) {
      database.run('insert into outbox values(null, ?)', JSON.stringify(event));
    },
    flush,
    async close() {
      stopping.abort();
      await Promise.allSettled(busy.values());
    },
  };
}

/** Waits, but not longer than until the signal. A timer alone does not keep the process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, ms).unref();
    signal.addEventListener('abort', finish, { once: true });
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}

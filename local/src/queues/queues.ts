/** Messages of the stack's queues, kept in the state database: what waits, what is in flight, how often it was received. */
import { randomUUID } from 'node:crypto';
import { addColumns, type Database, inTransaction } from '../state/database.ts';
import { fromRow, type MessageAttributes, type QueueMessage, textAttributes } from './message.ts';

export type { QueueMessage } from './message.ts';

export interface Receive {
  /** At most so many. */
  readonly most: number;
  /** How long nobody else receives them, in milliseconds. */
  readonly hideMilliseconds: number;
  readonly now: number;
  /** Where a message goes instead that was received as often as this. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number; readonly sourceArn: string };
}

export interface Queues {
  /** Stores a message with attributes of type String; it takes part in the caller's transaction. */
  send(queue: string, body: string, attributes: Record<string, string>, sentAt: number): string;
  /** The same with attributes of any type, and a delay in milliseconds. */
  sendMessage(queue: string, message: NewMessage): string;
  /** The oldest messages, which stay where they are. */
  list(queue: string, limit?: number): QueueMessage[];
  /** How many messages there are, visible or not. */
  count(queue: string): number;
  counts(queue: string, now: number): { visible: number; inFlight: number; delayed: number };
  /** Removes a message; false if it was not there. */
  remove(queue: string, messageId: string): boolean;
  /** Takes visible messages and hides them for a while, each with a new receipt. */
  receive(queue: string, receive: Receive): QueueMessage[];
  /** The message that this receipt was given for last. */
  byReceipt(queue: string, receipt: string): QueueMessage | undefined;
  hideUntil(queue: string, messageId: string, until: number): void;
  /** Puts a message into another queue as a new one: new id, new age, received never. */
  move(message: QueueMessage, queue: string, now: number): void;
  /** When the next hidden message becomes visible, milliseconds since 1970. */
  nextVisibleAt(queue: string, now: number): number | undefined;
  /** Forgets what was sent before this, milliseconds since 1970. */
  expire(queue: string, sentBefore: number): void;
  /** Calls back whenever a queue may have something to receive; the result ends it. */
  onMessage(queue: string, callback: () => void): () => void;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  readonly delayMilliseconds?: number;
}

const columns = {
  visible_at: 'INTEGER NOT NULL DEFAULT 0',
  receive_count: 'INTEGER NOT NULL DEFAULT 0',
  first_received_at: 'INTEGER',
  receipt: 'TEXT',
  source_arn: 'TEXT',
};

export function openQueues(database: Database): Queues {
  database.exec(`CREATE TABLE IF NOT EXISTS messages (
    position INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL, attributes TEXT NOT NULL, sent_at INTEGER NOT NULL) STRICT`);
  addColumns(database, 'messages', columns);
  const sql = prepare(database);
  const listeners = new Map<string, Set<() => void>>();
  // After the caller's transaction, which may still be rolled back.
  const announce = (queue: string) => {
    for (const callback of listeners.get(queue) ?? []) queueMicrotask(callback);
  };

  const queues: Queues = {
    send: (queue, body, attributes, sentAt) =>
      queues.sendMessage(queue, { body, attributes: textAttributes(attributes), sentAt }),
    sendMessage(queue, { body, attributes, sentAt, delayMilliseconds = 0 }) {
      const messageId = randomUUID();
      sql.insert.run(queue, messageId, body, JSON.stringify(attributes), sentAt, sentAt + delayMilliseconds);
      announce(queue);
      return messageId;
    },
    list: (queue, limit = 10) => sql.select.all(queue, limit).map(fromRow),
    count: (queue) => Number(sql.count.get(queue)?.messages ?? 0),
    counts(queue, now) {
      const row = sql.counts.get(now, now, now, queue);
      return { visible: Number(row?.visible), inFlight: Number(row?.in_flight), delayed: Number(row?.delayed) };
    },
    remove: (queue, messageId) => Number(sql.remove.run(queue, messageId).changes) > 0,
    receive(queue, { most, hideMilliseconds, now, redrive }) {
      return inTransaction(database, () => {
        if (redrive) {
          const { deadLetterQueue, sourceArn, maxReceiveCount } = redrive;
          const moved = sql.bury.run(deadLetterQueue, sourceArn, now, queue, now, maxReceiveCount);
          if (Number(moved.changes) > 0) announce(deadLetterQueue);
        }
        return sql.visible.all(queue, now, most).map((row) => {
          const receipt = randomUUID();
          sql.take.run(now + hideMilliseconds, receipt, now, String(row.id));
          const count = Number(row.receive_count) + 1;
          const first = row.first_received_at ?? now;
          return fromRow({ ...row, receipt, receive_count: count, first_received_at: first });
        });
      });
    },
    byReceipt(queue, receipt) {
      const row = sql.byReceipt.get(queue, receipt);
      return row && fromRow(row);
    },
    hideUntil(queue, messageId, until) {
      sql.hide.run(until, queue, messageId);
      announce(queue);
    },
    move(message, queue, now) {
      const { queue: from, messageId, body, typedAttributes: attributes } = message;
      inTransaction(database, () => {
        if (queues.remove(from, messageId)) queues.sendMessage(queue, { body, attributes, sentAt: now });
      });
    },
    nextVisibleAt(queue, now) {
      const at = sql.next.get(queue, now)?.at;
      return at === null || at === undefined ? undefined : Number(at);
    },
    expire: (queue, sentBefore) => void sql.expire.run(queue, sentBefore),
    onMessage(queue, callback) {
      const all = listeners.get(queue) ?? new Set();
      listeners.set(queue, all.add(callback));
      return () => all.delete(callback);
    },
  };
  return queues;
}

function prepare(database: Database) {
  const statement = (text: string) => database.prepare(text);
  return {
    insert: statement(
      'INSERT INTO messages (queue, id, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    select: statement('SELECT * FROM messages WHERE queue = ? ORDER BY position LIMIT ?'),
    count: statement('SELECT count(*) AS messages FROM messages WHERE queue = ?'),
    counts: statement(`SELECT coalesce(sum(visible_at <= ?), 0) AS visible,
      coalesce(sum(visible_at > ? AND receive_count > 0), 0) AS in_flight,
      coalesce(sum(visible_at > ? AND receive_count = 0), 0) AS delayed FROM messages WHERE queue = ?`),
    remove: statement('DELETE FROM messages WHERE queue = ? AND id = ?'),
    visible: statement('SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY position LIMIT ?'),
    take: statement(`UPDATE messages SET visible_at = ?, receipt = ?, receive_count = receive_count + 1,
      first_received_at = coalesce(first_received_at, ?) WHERE id = ?`),
    // The age and the count of a message stay with it; only the receipt is of no use any more.
    bury: statement(`UPDATE messages SET queue = ?, source_arn = ?, visible_at = ?, receipt = NULL
      WHERE queue = ? AND visible_at <= ? AND receive_count >= ?`),
    byReceipt: statement('SELECT * FROM messages WHERE queue = ? AND receipt = ?'),
    hide: statement('UPDATE messages SET visible_at = ? WHERE queue = ? AND id = ?'),
    next: statement('SELECT min(visible_at) AS at FROM messages WHERE queue = ? AND visible_at > ?'),
    expire: statement('DELETE FROM messages WHERE queue = ? AND sent_at < ?'),
  };
}

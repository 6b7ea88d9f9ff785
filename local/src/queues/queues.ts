/** Queues of the stack, above all dead-letter queues, kept in the state database. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../state/database.ts';

export interface QueueMessage {
  messageId: string;
  body: string;
  attributes: Record<string, string>;
  /** Milliseconds since 1970. */
  sentAt: number;
}

export interface Queues {
  /** Stores a message; it takes part in the caller's transaction. */
  send(queue: string, body: string, attributes: Record<string, string>, sentAt: number): string;
  /** The oldest messages, which stay where they are. */
  list(queue: string, limit?: number): QueueMessage[];
  /** How many messages wait. */
  count(queue: string): number;
  /** Removes a message; false if it was not there. */
  remove(queue: string, messageId: string): boolean;
}

export function openQueues(database: Database): Queues {
  database.exec(`CREATE TABLE IF NOT EXISTS messages (
    position INTEGER PRIMARY KEY, queue TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL, attributes TEXT NOT NULL, sent_at INTEGER NOT NULL) STRICT`);
  const insert = database.prepare('INSERT INTO messages (queue, id, body, attributes, sent_at) VALUES (?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM messages WHERE queue = ? ORDER BY position LIMIT ?');
  const count = database.prepare('SELECT count(*) AS messages FROM messages WHERE queue = ?');
  const remove = database.prepare('DELETE FROM messages WHERE queue = ? AND id = ?');
  return {
    send(queue, body, attributes, sentAt) {
      const messageId = randomUUID();
      insert.run(queue, messageId, body, JSON.stringify(attributes), sentAt);
      return messageId;
    },
    list: (queue, limit = 10) =>
      select.all(queue, limit).map((row) => ({
        messageId: String(row.id),
        body: String(row.body),
        attributes: JSON.parse(String(row.attributes)),
        sentAt: Number(row.sent_at),
      })),
    count: (queue) => Number(count.get(queue)?.messages ?? 0),
    remove: (queue, messageId) => Number(remove.run(queue, messageId).changes) > 0,
  };
}

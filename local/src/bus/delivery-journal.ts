/** Deliveries that are owed: one row per event and target, removed only when the target has taken it or it is a dead letter. */
import { randomUUID } from 'node:crypto';
import { addColumns, type Database } from '../state/database.ts';

/** An event on its way to a function. */
export interface Delivery {
  id: number;
  /** Key of the function. */
  target: string;
  /** The event as JSON. */
  payload: string;
  ruleArn: string;
  targetArn: string;
  /** Where an event goes that no function could be asked to take. */
  deadLetterQueue: string | undefined;
  /** Where the record of an invocation goes that failed for good. */
  failureQueue: string | undefined;
  maximumRetryAttempts: number;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  /** No attempt begins after this; milliseconds since 1970. */
  expiresAt: number;
  /** Failed attempts so far. */
  attempts: number;
  nextAttemptAt: number;
  /** The same for every attempt. */
  requestId: string;
}

export type NewDelivery = Omit<Delivery, 'id' | 'attempts' | 'nextAttemptAt' | 'requestId'>;

export interface DeliveryJournal {
  add(delivery: NewDelivery): Delivery;
  get(id: number): Delivery | undefined;
  /** Everything that is owed, oldest first. */
  pending(): Pick<Delivery, 'id' | 'target' | 'nextAttemptAt'>[];
  postpone(id: number, attempts: number, nextAttemptAt: number): void;
  remove(id: number): void;
}

export function openDeliveryJournal(database: Database): DeliveryJournal {
  database.exec(`CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, payload TEXT NOT NULL, rule_arn TEXT NOT NULL,
    target_arn TEXT NOT NULL, dead_letter_queue TEXT, maximum_retry_attempts INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL) STRICT`);
  addColumns(database, 'deliveries', { failure_queue: 'TEXT', request_id: 'TEXT' });
  const insert = database.prepare(`INSERT INTO deliveries (target, payload, rule_arn, target_arn, dead_letter_queue,
    maximum_retry_attempts, accepted_at, expires_at, attempts, next_attempt_at, failure_queue, request_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`);
  const select = database.prepare('SELECT * FROM deliveries WHERE id = ?');
  const all = database.prepare('SELECT id, target, next_attempt_at FROM deliveries ORDER BY id');
  const postpone = database.prepare('UPDATE deliveries SET attempts = ?, next_attempt_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM deliveries WHERE id = ?');
  return {
    add(delivery) {
      const { target, payload, ruleArn, targetArn, deadLetterQueue, failureQueue, acceptedAt } = delivery;
      const requestId = randomUUID();
      const limits = [delivery.maximumRetryAttempts, acceptedAt, delivery.expiresAt, acceptedAt];
      const addressed = [target, payload, ruleArn, targetArn, deadLetterQueue ?? null];
      const result = insert.run(...addressed, ...limits, failureQueue ?? null, requestId);
      return { ...delivery, id: Number(result.lastInsertRowid), attempts: 0, nextAttemptAt: acceptedAt, requestId };
    },
    get(id) {
      const row = select.get(id);
      return row === undefined ? undefined : fromRow(row);
    },
    pending: () =>
      all.all().map((row) => ({
        id: Number(row.id),
        target: String(row.target),
        nextAttemptAt: Number(row.next_attempt_at),
      })),
    postpone: (id, attempts, nextAttemptAt) => void postpone.run(attempts, nextAttemptAt, id),
    remove: (id) => void remove.run(id),
  };
}

function fromRow(row: Record<string, unknown>): Delivery {
  return {
    id: Number(row.id),
    target: String(row.target),
    payload: String(row.payload),
    ruleArn: String(row.rule_arn),
    targetArn: String(row.target_arn),
    deadLetterQueue: row.dead_letter_queue === null ? undefined : String(row.dead_letter_queue),
    failureQueue: row.failure_queue === null ? undefined : String(row.failure_queue),
    maximumRetryAttempts: Number(row.maximum_retry_attempts),
    acceptedAt: Number(row.accepted_at),
    expiresAt: Number(row.expires_at),
    attempts: Number(row.attempts),
    nextAttemptAt: Number(row.next_attempt_at),
    requestId: String(row.request_id ?? row.id),
  };
}

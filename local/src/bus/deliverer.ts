/**
 * Invokes functions asynchronously with the events that they are owed: at least once, with Lambda's retries. What fails
 * for good goes to the function's on-failure destination; what no function could be asked to take, to the rule's
 * dead-letter queue. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 */
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Queues } from '../queues/queues.ts';
import { type Database, inTransaction } from '../state/database.ts';
import { type Delivery, type NewDelivery, openDeliveryJournal } from './delivery-journal.ts';
import { deadLetterAttributes, type InvocationFailure, invocationRecord } from './invocation-record.ts';
import { type RetryDelays, retryDelay } from './retry-delay.ts';

/** A function's answer, or why it did not take the event. */
export type DeliveryOutcome = { ok: true } | ({ ok: false } & InvocationFailure);

export interface DelivererOptions {
  database: Database;
  queues: Queues;
  clock: Clock;
  delays: RetryDelays;
  /** Runs a function once; never rejects. */
  invoke(target: string, payload: string, requestId: string): Promise<DeliveryOutcome>;
  /** How many invocations of a function may run at the same time. */
  concurrency(target: string): number;
  /** Why the function's role does not let Lambda put its failures into this queue; undefined: it does. */
  refusalOf(target: string, queue: string): string | undefined;
  onDelivery?: Faults['onDelivery'];
  /** Told about every event that is given up. */
  onGivenUp(delivery: Delivery, reason: string, queue: string | undefined): void;
  /** Told when the outcome of a delivery could not be written down, so that it runs again. */
  onError(error: unknown): void;
}

export interface Deliverer {
  /** Writes the deliveries down, all or none; they are safe when this returns and run as soon as `start` was called. */
  accept(deliveries: NewDelivery[]): void;
  /** Begins to deliver, first of all what an earlier process left behind. */
  start(): void;
  /** Begins nothing more and waits for what runs; what is owed stays written down. */
  stop(): Promise<void>;
  /** Number of deliveries that are owed. */
  readonly owed: number;
}

export function createDeliverer(options: DelivererOptions): Deliverer {
  const { clock, database } = options;
  const journal = openDeliveryJournal(database);
  const waiting = new Map(journal.pending().map((delivery) => [delivery.id, delivery]));
  const running = new Map<number, { target: string; done: Promise<void> }>();
  let started = false;
  let cancelTimer = () => {};

  function pump(): void {
    if (!started) return;
    const busy = new Map<string, number>();
    for (const { target } of running.values()) busy.set(target, (busy.get(target) ?? 0) + 1);
    const now = clock.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const { id, target, nextAttemptAt } of [...waiting.values()]) {
      const inFlight = busy.get(target) ?? 0;
      // A function at its limit calls pump again when one of its invocations ends.
      if (nextAttemptAt <= now && inFlight < options.concurrency(target)) {
        waiting.delete(id);
        busy.set(target, inFlight + 1);
        running.set(id, {
          target,
          done: run(id)
            .catch((error) => repeat(id, target, error))
            .finally(() => settle(id)),
        });
      } else if (nextAttemptAt > now) earliest = Math.min(earliest, nextAttemptAt);
    }
    cancelTimer();
    cancelTimer = earliest === Number.POSITIVE_INFINITY ? () => {} : clock.after(earliest - now, pump);
  }

  function settle(id: number): void {
    running.delete(id);
    pump();
  }

  /** The state could not be written, for example because the disk is full: the delivery is still owed. */
  function repeat(id: number, target: string, error: unknown): void {
    options.onError(error);
    waiting.set(id, { id, target, nextAttemptAt: clock.now() + options.delays.longestMilliseconds });
  }

  async function run(id: number): Promise<void> {
    const delivery = journal.get(id);
    if (delivery === undefined) return;
    const outcome = await options.invoke(delivery.target, delivery.payload, delivery.requestId);
    if (outcome.ok) journal.remove(id);
    // What fails while everything stops was cut off by the stop; it stays owed and costs no attempt.
    else if (started) postponeOrGiveUp(delivery, outcome);
  }

  function postponeOrGiveUp(delivery: Delivery, failure: InvocationFailure): void {
    const attempts = delivery.attempts + 1;
    const nextAttemptAt = clock.now() + retryDelay(attempts, options.delays);
    // Neither a missing function nor one without concurrency is asked again: nothing would have changed.
    const exhausted = attempts > delivery.maximumRetryAttempts || failure.refusal !== undefined;
    if (!exhausted && nextAttemptAt <= delivery.expiresAt) {
      journal.postpone(delivery.id, attempts, nextAttemptAt);
      waiting.set(delivery.id, { id: delivery.id, target: delivery.target, nextAttemptAt });
      return;
    }
    giveUp(delivery, failure, exhausted ? 'RetriesExhausted' : 'EventAgeExceeded');
  }

  function giveUp(delivery: Delivery, failure: InvocationFailure, condition: string): void {
    const now = clock.now();
    const missing = failure.refusal === 'missing';
    const wanted = missing ? delivery.deadLetterQueue : delivery.failureQueue;
    // EventBridge writes with its own rights, Lambda with the function's; what it may not write is lost.
    const refusal = missing || wanted === undefined ? undefined : options.refusalOf(delivery.target, wanted);
    const queue = refusal === undefined ? wanted : undefined;
    inTransaction(database, () => {
      journal.remove(delivery.id);
      if (queue === undefined) return;
      if (missing) options.queues.send(queue, delivery.payload, deadLetterAttributes(delivery, failure), now);
      else options.queues.send(queue, invocationRecord(delivery, failure, condition, now), {}, now);
    });
    const reason = `${failure.errorType}: ${failure.errorMessage}`;
    options.onGivenUp(delivery, refusal === undefined ? reason : `${reason}; ${refusal}`, queue);
  }

  return {
    accept(deliveries) {
      if (deliveries.length === 0) return;
      const copies = deliveries.flatMap((delivery) => disturbed(delivery, options.onDelivery));
      const added = inTransaction(database, () => copies.map((delivery) => journal.add(delivery)));
      for (const { id, target, nextAttemptAt } of added) waiting.set(id, { id, target, nextAttemptAt });
      pump();
    },
    start() {
      started = true;
      pump();
    },
    async stop() {
      started = false;
      cancelTimer();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
    get owed() {
      return waiting.size + running.size;
    },
  };
}

/** A late event is as if it had been sent late: its retries and its age begin when it arrives. */
function disturbed(delivery: NewDelivery, onDelivery: Faults['onDelivery']): NewDelivery[] {
  if (onDelivery === undefined) return [delivery];
  return onDelivery(delivery).map((late) => ({
    ...delivery,
    acceptedAt: delivery.acceptedAt + late,
    expiresAt: delivery.expiresAt + late,
  }));
}

/** Hands owed events to their functions: at least once, with retries, then to the dead-letter queue. */
import type { Clock } from '../clock.ts';
import type { Queues } from '../queues/queues.ts';
import { type Database, inTransaction } from '../state/database.ts';
import { type Delivery, type NewDelivery, openDeliveryJournal } from './delivery-journal.ts';
import { type RetryDelays, retryDelay } from './retry-delay.ts';

/** A target's answer; `error` says why it did not take the event. */
export type DeliveryOutcome = { ok: true } | { ok: false; errorType: string; errorMessage: string };

export interface DelivererOptions {
  database: Database;
  queues: Queues;
  clock: Clock;
  delays: RetryDelays;
  /** Runs a function once; never rejects. */
  invoke(target: string, payload: string): Promise<DeliveryOutcome>;
  /** How many invocations of a function may run at the same time. */
  concurrency(target: string): number;
  /** Told about every event that is given up. */
  onGivenUp(delivery: Delivery, reason: string): void;
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
    const outcome = await options.invoke(delivery.target, delivery.payload);
    if (outcome.ok) journal.remove(id);
    // What fails while everything stops was cut off by the stop; it stays owed and costs no attempt.
    else if (started) postponeOrGiveUp(delivery, outcome);
  }

  function postponeOrGiveUp(delivery: Delivery, failure: { errorType: string; errorMessage: string }): void {
    const attempts = delivery.attempts + 1;
    const nextAttemptAt = clock.now() + retryDelay(attempts, options.delays);
    const exhausted = exhaustedCondition(delivery, attempts, nextAttemptAt);
    if (exhausted === undefined) {
      journal.postpone(delivery.id, attempts, nextAttemptAt);
      waiting.set(delivery.id, { id: delivery.id, target: delivery.target, nextAttemptAt });
      return;
    }
    inTransaction(database, () => {
      journal.remove(delivery.id);
      if (delivery.deadLetterQueue === undefined) return;
      const attributes = deadLetterAttributes(delivery, failure, exhausted);
      options.queues.send(delivery.deadLetterQueue, delivery.payload, attributes, clock.now());
    });
    options.onGivenUp(delivery, `${failure.errorType}: ${failure.errorMessage}`);
  }

  return {
    accept(deliveries) {
      if (deliveries.length === 0) return;
      const added = inTransaction(database, () => deliveries.map((delivery) => journal.add(delivery)));
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

function exhaustedCondition(delivery: Delivery, attempts: number, nextAttemptAt: number): string | undefined {
  if (attempts > delivery.maximumRetryAttempts) return 'MaximumRetryAttempts';
  return nextAttemptAt > delivery.expiresAt ? 'MaximumEventAgeInSeconds' : undefined;
}

/** The attributes that EventBridge gives a dead letter. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function deadLetterAttributes(
  delivery: Delivery,
  failure: { errorType: string; errorMessage: string },
  exhausted: string,
): Record<string, string> {
  return {
    ERROR_CODE: failure.errorType,
    ERROR_MESSAGE: failure.errorMessage,
    EXHAUSTED_RETRY_CONDITION: exhausted,
    RETRY_ATTEMPTS: String(delivery.attempts),
    RULE_ARN: delivery.ruleArn,
    TARGET_ARN: delivery.targetArn,
  };
}

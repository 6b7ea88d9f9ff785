import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueues, type Queues } from '../queues/queues.ts';
import { type Database, openDatabase } from '../state/database.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { createDeliverer, type Deliverer, type DeliveryOutcome } from './deliverer.ts';
import type { NewDelivery } from './delivery-journal.ts';

const failure: DeliveryOutcome = { ok: false, errorType: 'Error', errorMessage: 'down' };

let directory = '';
let database: Database;
let queues: Queues;
let clock: FakeClock;
let invoked: string[];
let givenUp: string[];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-deliverer-'));
  clock = new FakeClock();
  invoked = [];
  givenUp = [];
  open();
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

function open(): void {
  database = openDatabase(directory);
  queues = openQueues(database);
}

type Answer = (target: string, payload: string) => DeliveryOutcome | Promise<DeliveryOutcome>;

function startDeliverer(answer: Answer, { concurrency = 2, random = 0.5 } = {}): Deliverer {
  const deliverer = createDeliverer({
    database,
    queues,
    clock,
    delays: { firstMilliseconds: 1000, longestMilliseconds: 8000, random: () => random },
    invoke: async (target, payload) => {
      invoked.push(`${target} ${payload}`);
      return answer(target, payload);
    },
    concurrency: () => concurrency,
    onGivenUp: (_delivery, reason) => givenUp.push(reason),
    onError: (error) => {
      throw error;
    },
  });
  deliverer.start();
  return deliverer;
}

function delivery(payload: string, changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    target: 'step',
    payload,
    ruleArn: 'rule',
    targetArn: 'target',
    deadLetterQueue: 'dead',
    maximumRetryAttempts: 5,
    acceptedAt: clock.now(),
    expiresAt: clock.now() + 3_600_000,
    ...changes,
  };
}

/** Lets what is under way settle; no time passes. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

describe('a deliverer', () => {
  it('hands over each event once and forgets it', async () => {
    const deliverer = startDeliverer(() => ({ ok: true }));
    deliverer.accept([delivery('a'), delivery('b')]);
    await settle();
    expect(invoked).toEqual(['step a', 'step b']);
    expect(deliverer.owed).toBe(0);
  });

  it('waits exponentially longer, up to a limit, and then keeps the event as a dead letter', async () => {
    const deliverer = startDeliverer(() => failure, { random: 1 });
    deliverer.accept([delivery('a')]);
    const delays: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      await settle();
      delays.push(clock.untilNext);
      clock.advance(clock.untilNext ?? 0);
    }
    await settle();
    expect(delays).toEqual([1000, 2000, 4000, 8000, 8000]);
    expect(invoked).toHaveLength(6);
    expect(deliverer.owed).toBe(0);
    expect(givenUp).toEqual(['Error: down']);
    expect(queues.list('dead')).toMatchObject([
      { body: 'a', attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts', RETRY_ATTEMPTS: '5' } },
    ]);
  });

  it('spreads the delays by half', async () => {
    startDeliverer(() => failure, { random: 0 }).accept([delivery('a')]);
    await settle();
    expect(clock.untilNext).toBe(500);
  });

  it('gives up when the next attempt would come after the event has expired', async () => {
    const deliverer = startDeliverer(() => failure);
    deliverer.accept([delivery('a', { expiresAt: clock.now() + 1000 })]);
    await settle();
    clock.advance(1000);
    await settle();
    expect(invoked).toHaveLength(2);
    expect(queues.list('dead')).toMatchObject([
      { attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' } },
    ]);
  });

  it('drops an event that is given up without a dead-letter queue', async () => {
    const deliverer = startDeliverer(() => failure);
    deliverer.accept([delivery('a', { maximumRetryAttempts: 0, deadLetterQueue: undefined })]);
    await settle();
    expect([deliverer.owed, queues.count('dead'), givenUp.length]).toEqual([0, 0, 1]);
  });

  it('runs no more at a time than the function allows, and never lets one function hold up another', async () => {
    const gate = Promise.withResolvers<DeliveryOutcome>();
    const answer: Answer = (target) => (target === 'slow' ? gate.promise : { ok: true });
    const deliverer = startDeliverer(answer, { concurrency: 1 });
    deliverer.accept([
      delivery('1', { target: 'slow' }),
      delivery('2', { target: 'slow' }),
      delivery('3', { target: 'quick' }),
    ]);
    await settle();
    expect(invoked).toEqual(['slow 1', 'quick 3']);
    gate.resolve({ ok: true });
    await settle();
    expect(invoked).toEqual(['slow 1', 'quick 3', 'slow 2']);
  });

  it('remembers what it owes, attempts included, over a restart', async () => {
    const first = startDeliverer(() => failure);
    first.accept([delivery('a', { maximumRetryAttempts: 1 })]);
    await settle();
    await first.stop();
    database.close();
    open();
    const second = startDeliverer(() => failure);
    expect(second.owed).toBe(1);
    clock.advance(1000);
    await settle();
    expect(invoked).toEqual(['step a', 'step a']);
    expect(queues.count('dead')).toBe(1);
  });

  it('counts no attempt against what a stop cut off', async () => {
    const gate = Promise.withResolvers<DeliveryOutcome>();
    const first = startDeliverer(() => gate.promise);
    first.accept([delivery('a', { maximumRetryAttempts: 0 })]);
    const stopped = first.stop();
    gate.resolve(failure);
    await stopped;
    expect([queues.count('dead'), startDeliverer(() => ({ ok: true })).owed]).toEqual([0, 1]);
  });
});

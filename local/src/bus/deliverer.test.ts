import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueues, type Queues } from '../queues/queues.ts';
import { type Database, openDatabase } from '../state/database.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { stateFolder } from '../testing/state-folder.ts';
import { createDeliverer, type Deliverer, type DeliveryOutcome } from './deliverer.ts';
import type { NewDelivery } from './delivery-journal.ts';

const failure: DeliveryOutcome = { ok: false, errorType: 'Error', errorMessage: 'down', trace: ['Error: down'] };

let directory = '';
let database: Database;
let queues: Queues;
let clock: FakeClock;
let invoked: string[];
let givenUp: string[];
let refusal: string | undefined;
let requestIds: Set<string>;

beforeEach(() => {
  directory = stateFolder('deliverer');
  clock = new FakeClock();
  invoked = [];
  givenUp = [];
  refusal = undefined;
  requestIds = new Set();
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
    invoke: async (target, payload, requestId) => {
      invoked.push(`${target} ${payload}`);
      requestIds.add(requestId);
      return answer(target, payload);
    },
    concurrency: () => concurrency,
    refusalOf: (target, queue) => refusal && `${target} may not write to ${queue}: ${refusal}`,
    onGivenUp: (_delivery, reason) => givenUp.push(reason),
    onError: (error) => {
      throw error;
    },
  });
  deliverer.start();
  return deliverer;
}

/** An event of one field, which is enough to tell it from another. */
const event = (name: string) => JSON.stringify({ name });
const record = () => JSON.parse(queues.list('failed')[0]?.body ?? 'null');

function delivery(payload: string, changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    target: 'step',
    payload,
    ruleArn: 'rule',
    targetArn: 'target',
    deadLetterQueue: 'dead',
    failureQueue: 'failed',
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

  it('waits exponentially longer, up to a limit, and then leaves a record of the invocation', async () => {
    const deliverer = startDeliverer(() => failure, { random: 1 });
    deliverer.accept([delivery(event('a'))]);
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
    expect(record()).toEqual({
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionArn: 'target:$LATEST',
        condition: 'RetriesExhausted',
        approximateInvokeCount: 6,
      },
      requestPayload: { name: 'a' },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'down', trace: ['Error: down'] },
    });
    expect(queues.count('dead')).toBe(0);
  });

  it('spreads the delays by half', async () => {
    startDeliverer(() => failure, { random: 0 }).accept([delivery('a')]);
    await settle();
    expect(clock.untilNext).toBe(500);
  });

  it('gives up when the next attempt would come after the event has expired', async () => {
    const deliverer = startDeliverer(() => failure);
    deliverer.accept([delivery(event('a'), { expiresAt: clock.now() + 1000 })]);
    await settle();
    clock.advance(1000);
    await settle();
    expect(invoked).toHaveLength(2);
    expect(record().requestContext).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 2 });
  });

  it('drops an event that fails for good and has no destination, dead-letter queue of its rule or not', async () => {
    const deliverer = startDeliverer(() => failure);
    deliverer.accept([delivery('a', { maximumRetryAttempts: 0, failureQueue: undefined })]);
    await settle();
    expect([deliverer.owed, queues.count('dead'), givenUp.length]).toEqual([0, 0, 1]);
  });

  it('loses the record of a failure that the role of the function may not write, and says so', async () => {
    refusal = 'no';
    startDeliverer(() => failure).accept([delivery('a', { maximumRetryAttempts: 0 })]);
    await settle();
    expect([queues.count('failed'), givenUp]).toEqual([0, ['Error: down; step may not write to failed: no']]);
  });

  it('keeps an event whose function is gone as a dead letter of its rule, at once, whatever its role allows', async () => {
    refusal = 'no';
    startDeliverer(() => ({ ...failure, refusal: 'missing' })).accept([delivery('a')]);
    await settle();
    expect(queues.list('dead')).toMatchObject([
      {
        body: 'a',
        attributes: { ERROR_CODE: 'NO_RESOURCE', ERROR_MESSAGE: 'down', RULE_ARN: 'rule', TARGET_ARN: 'target' },
      },
    ]);
  });

  it('leaves a record at once, and no answer in it, of a function that may not run at all', async () => {
    startDeliverer(() => ({ ...failure, refusal: 'throttled' })).accept([delivery(event('a'))]);
    await settle();
    expect(record()).toMatchObject({ requestContext: { approximateInvokeCount: 0 }, requestPayload: { name: 'a' } });
    expect(record()).not.toHaveProperty('responsePayload');
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
    first.accept([delivery(event('a'), { maximumRetryAttempts: 1 })]);
    await settle();
    await first.stop();
    database.close();
    open();
    const second = startDeliverer(() => failure);
    expect(second.owed).toBe(1);
    clock.advance(1000);
    await settle();
    expect(invoked).toHaveLength(2);
    expect([...requestIds]).toEqual([record().requestContext.requestId]);
    expect(queues.count('failed')).toBe(1);
  });

  it('counts no attempt against what a stop cut off', async () => {
    const gate = Promise.withResolvers<DeliveryOutcome>();
    const first = startDeliverer(() => gate.promise);
    first.accept([delivery('a', { maximumRetryAttempts: 0 })]);
    const stopped = first.stop();
    gate.resolve(failure);
    await stopped;
    expect([queues.count('failed'), startDeliverer(() => ({ ok: true })).owed]).toEqual([0, 1]);
  });
});

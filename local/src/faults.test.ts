import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient, PutEventsCommand, type PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAwsEndpoint } from './aws-endpoint/aws-endpoint.ts';
import { jsonService } from './aws-endpoint/json-protocol.ts';
import { createDeliverer } from './bus/deliverer.ts';
import { createEventBus } from './bus/event-bus.ts';
import { putEvents } from './bus/put-events.ts';
import type { Faults } from './faults.ts';
import { closeServer } from './listen.ts';
import { openQueues } from './queues/queues.ts';
import { type Database, openDatabase } from './state/database.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { functionDescription } from './testing/function-description.ts';
import { stateFolder } from './testing/state-folder.ts';

const minute = 60_000;
let directory = '';
let database: Database;
let clock: FakeClock;
let closers: (() => void | Promise<void>)[];
beforeEach(() => {
  directory = stateFolder('faults');
  database = openDatabase(directory);
  clock = new FakeClock();
  closers = [];
});
afterEach(async () => {
  for (const close of closers) await close();
  database.close();
  rmSync(directory, { recursive: true });
});

/** A bus with one function, behind an endpoint; what reaches the function is noted with the time in minutes. */
async function startBus(faults: Faults) {
  const heard: string[] = [];
  const begun = clock.now();
  const deliverer = createDeliverer({
    database,
    queues: openQueues(database),
    clock,
    delays: { firstMilliseconds: 1_000, longestMilliseconds: 8_000, random: () => 0.5 },
    invoke: async (_target, payload) => {
      heard.push(`${JSON.parse(payload).detail.name} after ${Math.round((clock.now() - begun) / minute)}`);
      return { ok: true, payload: 'null' };
    },
    concurrency: () => 10,
    refusalOf: () => undefined,
    onDelivery: faults.onDelivery,
    onGivenUp: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  const rule = {
    name: 'rule',
    arn: 'rule',
    bus: 'default',
    enabled: true,
    retryPolicy: {},
    deadLetterQueue: undefined,
  };
  const functions = [functionDescription({ key: 'one', rules: [{ ...rule, pattern: { source: ['test'] } }] })];
  const bus = createEventBus({ description: { accountId: '0', region: 'eu-west-1', functions }, deliverer, clock });
  const endpoint = createAwsEndpoint({
    accessKeyId: 'test',
    ready: Promise.resolve(),
    onRequest: faults.onRequest,
    onError: console.error,
  });
  endpoint.register('events', jsonService({ PutEvents: (input) => putEvents(bus, input, faults.onEntry) }));
  await new Promise<void>((resolve) => endpoint.server.listen(0, '127.0.0.1', resolve));
  const { port } = endpoint.server.address() as AddressInfo; // listens on TCP, so not a path
  const client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  closers.push(
    () => client.destroy(),
    () => closeServer(endpoint.server),
    () => deliverer.stop(),
  );
  deliverer.start();
  return {
    heard,
    put: (...names: string[]): Promise<PutEventsCommandOutput> => {
      const entry = { Source: 'test', DetailType: 'kind' };
      const Entries = names.map((name) => ({ ...entry, Detail: JSON.stringify({ name }) }));
      return client.send(new PutEventsCommand({ Entries }));
    },
    /** Lets simulated minutes go by, one at a time. */
    async wait(minutes: number) {
      for (let passed = 0; passed < minutes; passed++) {
        clock.advance(minute);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('without faults', () => {
  it('every event arrives once and at once', async () => {
    const { put, heard } = await startBus({});
    await put('a', 'b');
    expect(heard).toEqual(['a after 0', 'b after 0']);
  });
});

describe('a delivery', () => {
  const late: Readonly<Record<string, number[]>> = { lost: [], twice: [0, 0], hour: [60 * minute] };
  const onDelivery: Faults['onDelivery'] = ({ payload }) => late[JSON.parse(payload).detail.name] ?? [0];

  it('may be lost, come twice, or come late', async () => {
    const { put, heard, wait } = await startBus({ onDelivery });
    await put('hour', 'lost', 'twice', 'fine');
    await wait(59);
    expect(heard).toEqual(['twice after 0', 'twice after 0', 'fine after 0']);
    await wait(2);
    expect(heard).toContain('hour after 60');
  });
});

describe('a request', () => {
  it('may be refused before it is done, and the SDK tries again', async () => {
    let calls = 0;
    const { put, heard } = await startBus({
      async onRequest({ service, response }, answer) {
        if (++calls > 1) return answer();
        expect(service).toBe('events');
        response.writeHead(400, { 'x-amzn-errortype': 'ThrottlingException' }).end('{}');
      },
    });
    await put('a');
    expect(calls).toBe(2);
    expect(heard).toHaveLength(1);
  });

  it('may be done and its answer lost, so that the SDK does it twice', async () => {
    let calls = 0;
    const { put, heard } = await startBus({
      async onRequest({ response }, answer) {
        if (++calls === 1) response.end = () => response.destroy();
        await answer();
      },
    });
    await put('a');
    expect(calls).toBe(2);
    expect(heard).toHaveLength(2);
  });
});

describe('an entry of PutEvents', () => {
  it('may be refused while the others are taken', async () => {
    const { put, heard } = await startBus({
      onEntry: ({ Detail }) => (String(Detail).includes('b') ? 'ThrottlingException' : undefined),
    });
    const { FailedEntryCount, Entries = [] } = await put('a', 'b', 'c');
    expect(FailedEntryCount).toBe(1);
    expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, 'ThrottlingException', undefined]);
    expect(heard).toEqual(['a after 0', 'c after 0']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InvocationResult } from '../lambda/invocation.ts';
import type { QueueTriggerDescription } from '../serverless-file/description.ts';
import { functionDescription } from '../testing/function-description.ts';
import { queueDescription } from '../testing/queue-description.ts';
import { startTestQueues } from '../testing/start-queues.ts';
import { batchItemFailures } from './batch-response.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';

const dead = queueDescription('dead');
const work = queueDescription('work', {
  visibilityTimeoutSeconds: 60,
  redrive: { deadLetterArn: dead.arn, maxReceiveCount: 2 },
});
const done: InvocationResult = { ok: true, payload: 'null' };
const failed: InvocationResult = { ok: false, errorType: 'Error', errorMessage: 'down', trace: [] };

let sqs: Awaited<ReturnType<typeof startTestQueues>>;
let mapping: EventSourceMapping;
let batches: { records: Record<string, unknown>[]; answer: (result: InvocationResult) => void }[];

/** Every invocation waits in `batches` for the test to answer it. */
async function start(trigger: Partial<QueueTriggerDescription> = {}): Promise<void> {
  const queueTrigger: QueueTriggerDescription = {
    queueArn: work.arn,
    batchSize: 10,
    batchingWindowSeconds: 0,
    reportsBatchItemFailures: true,
    maximumConcurrency: undefined,
    filterPatterns: [],
    enabled: true,
    ...trigger,
  };
  sqs = await startTestQueues({
    queues: [work, dead],
    functions: [functionDescription({ key: 'worker', queues: [queueTrigger] })],
  });
  batches = [];
  mapping = sqs.startMappings({
    concurrency: () => 2,
    invoke: (_key, payload) => {
      const { promise, resolve } = Promise.withResolvers<InvocationResult>();
      batches.push({ records: JSON.parse(payload).Records, answer: resolve });
      return promise;
    },
  });
}

beforeEach(() => start());
afterEach(async () => {
  for (const { answer } of batches) answer(done);
  await mapping.stop();
  await sqs.stop();
});

const put = (...bodies: string[]) => {
  for (const body of bodies) sqs.queues.send('work', body, { kind: 'test' }, sqs.clock.now());
};
const seen = () => batches.map(({ records }) => records.map(({ body }) => body));
const batch = async (index: number) => {
  await expect.poll(() => batches.length).toBeGreaterThan(index);
  const found = batches[index];
  if (!found) throw new Error('polled for it');
  return found;
};

describe('a queue that a function reads', () => {
  it("hands over batches in Lambda's words and deletes what was done", async () => {
    put('a', 'b');
    const { records, answer } = await batch(0);
    expect(records[0]).toEqual({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      body: 'a',
      attributes: {
        SenderId: '000000000000',
        SentTimestamp: String(sqs.clock.now()),
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: String(sqs.clock.now()),
      },
      messageAttributes: {
        kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
      md5OfMessageAttributes: expect.any(String),
      eventSource: 'aws:sqs',
      eventSourceARN: work.arn,
      awsRegion: 'eu-west-1',
    });
    answer(done);
    await expect.poll(() => sqs.queues.count('work')).toBe(0);
    expect(seen()).toEqual([['a', 'b']]);
  });

  it('shows again only what the function names, after the visibility timeout', async () => {
    put('good', 'bad');
    const { records, answer } = await batch(0);
    const batchItemFailures = [{ itemIdentifier: records[1]?.messageId }];
    answer({ ok: true, payload: JSON.stringify({ batchItemFailures }) });
    await expect.poll(() => sqs.queues.count('work')).toBe(1);
    sqs.clock.advance(60_000);
    expect((await batch(1)).records).toMatchObject([{ body: 'bad', attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('gives a message up to the dead-letter queue after it was received too often', async () => {
    put('poison');
    for (let attempt = 0; attempt < 2; attempt++) {
      (await batch(attempt)).answer(failed);
      await expect.poll(() => sqs.clock.untilNext).toBe(60_000);
      sqs.clock.advance(60_000);
    }
    await expect.poll(() => sqs.queues.count('dead')).toBe(1);
    expect(batches).toHaveLength(2);
  });

  it('runs no more batches at a time than the function may, and reads on when one ends', async () => {
    put('1');
    await batch(0);
    put('2');
    await batch(1);
    put('3');
    await new Promise(setImmediate);
    expect(seen()).toEqual([['1'], ['2']]);
    batches[0]?.answer(done);
    await batch(2);
    expect(seen()).toEqual([['1'], ['2'], ['3']]);
  });
});

describe('a mapping', () => {
  beforeEach(async () => {
    await mapping.stop();
    await sqs.stop();
  });

  it('waits for more until its window closes', async () => {
    await start({ batchSize: 3, batchingWindowSeconds: 5 });
    put('a');
    await expect.poll(() => sqs.clock.untilNext).toBe(5_000);
    sqs.clock.advance(4_000);
    put('b');
    await expect.poll(() => sqs.queues.counts('work', sqs.clock.now()).visible).toBe(0);
    expect(batches).toEqual([]);
    sqs.clock.advance(1_000);
    await batch(0);
    expect(seen()).toEqual([['a', 'b']]);
  });

  it('deletes unseen what no filter wants', async () => {
    await start({ filterPatterns: [{ body: { kind: ['webhook'] } }] });
    put('{"kind":"other"}', 'no JSON', '{"kind":"webhook"}');
    await batch(0);
    expect(seen()).toEqual([['{"kind":"webhook"}']]);
    expect(sqs.queues.count('work')).toBe(1);
  });

  it('leaves what it could not finish to the next start', async () => {
    await start();
    put('a');
    const { answer } = await batch(0);
    const stopped = mapping.stop();
    answer(failed);
    await stopped;
    expect(sqs.queues.count('work')).toBe(1);
  });
});

describe("a function's answer", () => {
  const ids = ['1', '2'];
  const answer = (value: unknown): InvocationResult => ({ ok: true, payload: JSON.stringify(value) ?? 'null' });

  it.each([
    ['nothing', undefined, []],
    ['null', null, []],
    ['an empty structure', {}, []],
    ['an empty list', { batchItemFailures: [] }, []],
    ['no list', { batchItemFailures: null }, []],
    ['one id', { batchItemFailures: [{ itemIdentifier: '2' }] }, ['2']],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, ids],
    ['no id', { batchItemFailures: [{ itemIdentifier: null }] }, ids],
    ['another word for the id', { batchItemFailures: [{ id: '1' }] }, ids],
    ['the id of another message', { batchItemFailures: [{ itemIdentifier: '3' }] }, ids],
    ['a text', 'ok', ids],
  ])('with %s fails what AWS says it fails', (_what, value, expected) => {
    expect([...batchItemFailures(answer(value), ids, true)]).toEqual(expected);
  });

  it('is not looked at where the mapping reports nothing', () => {
    expect(batchItemFailures(answer('ok'), ids, false).size).toBe(0);
    expect(batchItemFailures(failed, ids, false).size).toBe(2);
  });
});

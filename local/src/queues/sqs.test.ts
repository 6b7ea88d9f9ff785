import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendJsonError } from '../aws-endpoint/json-protocol.ts';
import { closeServer, listen } from '../listen.ts';
import { type Database, openDatabase } from '../state/database.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { openQueues, type Queues } from './queues.ts';
import { createSqs } from './sqs.ts';

describe('SQS', () => {
  let directory = '';
  let database: Database;
  let queues: Queues;
  let clock: FakeClock;
  let call: (action: string, input?: object) => Promise<Record<string, unknown>>;
  let close: () => Promise<void>;
  const queue = { logicalId: 'Dead', name: 'dead', arn: 'arn:dead', url: 'http://local/000000000000/dead' };

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'dropforge-sqs-'));
    database = openDatabase(directory);
    queues = openQueues(database);
    clock = new FakeClock();
    const handle = createSqs({ queues, descriptions: [queue], clock });
    const server = createServer((request, response) => {
      Promise.resolve(handle(request, response)).catch((error) => sendJsonError(response, error));
    });
    const url = await listen(server, 'aws', 0);
    close = () => closeServer(server);
    call = async (action, input = {}) => {
      const headers = { 'x-amz-target': `AmazonSQS.${action}` };
      const body = JSON.stringify({ QueueUrl: queue.url, ...input });
      return (await (await fetch(url, { method: 'POST', headers, body })).json()) as Record<string, unknown>; // the protocol says so
    };
  });

  afterEach(async () => {
    await close();
    database.close();
    rmSync(directory, { recursive: true });
  });

  it('shows a dead letter with its attributes, hides it for a while, and forgets it when told to', async () => {
    queues.send('dead', 'body', { ERROR_CODE: 'Error' }, clock.now());
    const { Messages: messages } = await call('ReceiveMessage');
    expect(messages).toMatchObject([
      {
        Body: 'body',
        MD5OfBody: '841a2d689ad86bd1611447453c22c6fc',
        MessageAttributes: { ERROR_CODE: { StringValue: 'Error' } },
      },
    ]);
    expect(await call('ReceiveMessage')).toEqual({ Messages: [] });
    clock.advance(30_000);
    const again = await call('ReceiveMessage');
    expect(again.Messages).toMatchObject([{ Body: 'body' }]);
    await call('DeleteMessage', { ReceiptHandle: queues.list('dead')[0]?.messageId });
    expect(queues.count('dead')).toBe(0);
  });

  it('names its queues and counts their messages', async () => {
    await call('SendMessage', { MessageBody: 'one' });
    expect(await call('ListQueues')).toEqual({ QueueUrls: [queue.url] });
    expect(await call('GetQueueUrl', { QueueName: 'dead' })).toEqual({ QueueUrl: queue.url });
    expect(await call('GetQueueAttributes')).toMatchObject({ Attributes: { ApproximateNumberOfMessages: '1' } });
    expect(await call('GetQueueAttributes', { QueueUrl: 'other' })).toMatchObject({ __type: 'QueueDoesNotExist' });
    expect(await call('PurgeQueue')).toMatchObject({ __type: 'UnknownOperationException' });
  });
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createThreads } from './adapters.ts';

const server = dynalite({ path: '', createTableMs: 0 }); // no path: in memory
let client: DynamoDBClient;
let now = 1_000_000;
const threads = () => createThreads(DynamoDBDocumentClient.from(client), 'table', () => now);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'table',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
});
afterAll(() => {
  client.destroy();
  server.close();
});

describe('the right to post the message of a run', () => {
  it('goes to one of many', async () => {
    const claims = await Promise.all([1, 2, 3, 4].map(() => threads().claim('run-a')));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await threads().read('run-a')).toBeUndefined();
  });

  it('lapses before Lambda tries again, a minute later, if no message came of it', async () => {
    expect(await threads().claim('run-b')).toBe(true);
    now += 30_000;
    expect(await threads().claim('run-b')).toBe(false);
    now += 10_000;
    expect(await threads().claim('run-b')).toBe(true);
  });

  it('is had by who asked for it, also when the answer was lost and the SDK asked again', async () => {
    const forgetful = DynamoDBDocumentClient.from(client);
    let asked = 0;
    forgetful.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (++asked > 1) return answer;
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      },
      { step: 'deserialize', priority: 'high', name: 'losesFirstAnswer' },
    );
    expect(await createThreads(forgetful, 'table', () => now).claim('run-d')).toBe(true);
    forgetful.middlewareStack.remove('losesFirstAnswer');
    expect(asked).toBe(2);
    expect(await threads().claim('run-d')).toBe(false);
  });

  it('is gone once there is a message', async () => {
    await threads().claim('run-c');
    await threads().write('run-c', { channel: 'C1', ts: '1700000000.000100' });
    now += 90 * 86_400_000;
    expect(await threads().claim('run-c')).toBe(false);
    expect(await threads().read('run-c')).toEqual({ channel: 'C1', ts: '1700000000.000100' });
  });

  it('comes back after 90 days, when the message is forgotten, though DynamoDB still has the item', async () => {
    await threads().write('run-e', { channel: 'C1', ts: '1700000000.000100' });
    now += 90 * 86_400_000 + 1_000;
    expect(await threads().read('run-e')).toBeUndefined();
    expect(await threads().claim('run-e')).toBe(true);
    expect(await threads().claim('run-e')).toBe(false);
  });
});

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeIterators } from './close-iterators.ts';

const fromDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
const { AbstractLevel, AbstractValueIterator } = createRequire(fromDynalite.resolve('level'))('abstract-level');

describe('the store behind the table', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'dropforge-iterators-'));
  const server = dynalite({ path: path.join(directory, 'store'), createTableMs: 0 });
  let client: DynamoDBClient;
  const Item = (pk: string) => ({ pk: { S: 'all' }, sk: { S: pk }, text: { S: 'x'.repeat(100) } });

  beforeAll(async () => {
    closeIterators();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
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
    for (const sk of ['a', 'b', 'c', 'd'])
      await client.send(new PutItemCommand({ TableName: 'table', Item: Item(sk) }));
  });
  afterAll(async () => {
    await client.send(new DeleteTableCommand({ TableName: 'table' }));
    client.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const byPk = {
    TableName: 'table',
    KeyConditionExpression: 'pk = :all',
    ExpressionAttributeValues: { ':all': { S: 'all' } },
  };

  it.each([
    ['a query', new QueryCommand(byPk)],
    ['a query of the first items', new QueryCommand({ ...byPk, Limit: 2 })],
    ['a query that finds nothing', new QueryCommand({ ...byPk, ExpressionAttributeValues: { ':all': { S: 'none' } } })],
    ['a scan', new ScanCommand({ TableName: 'table' })],
    ['a scan of the first items', new ScanCommand({ TableName: 'table', Limit: 1 })],
  ])('keeps no iterator open after %s', async (_what, command) => {
    const opened = vi.spyOn(AbstractLevel.prototype, 'values');
    const closed = vi.spyOn(AbstractValueIterator.prototype, 'close');
    await client.send(command as QueryCommand); // each is one of the client's commands
    await vi.waitFor(() => expect(closed.mock.contexts).toHaveLength(opened.mock.calls.length));
    expect(opened).toHaveBeenCalled();
    opened.mockRestore();
    closed.mockRestore();
  });
});

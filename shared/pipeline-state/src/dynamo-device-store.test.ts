import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { afterAll, beforeAll, describe } from 'vitest';
import { deviceStoreContract } from './device-store.contract.ts';
import { createDynamoDeviceStore } from './dynamo-device-store.ts';

const server = dynalite({ path: '', createTableMs: 0 }); // no path: in memory
let client: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  server.close();
});

describe('the device store on DynamoDB', () => {
  deviceStoreContract(async () => {
    const tableName = `devices-${++tables}`;
    await client.send(createTable(tableName));
    return createDynamoDeviceStore(DynamoDBDocumentClient.from(client), tableName);
  });
});

function createTable(TableName: string): CreateTableCommand {
  const names = ['pk', 'sk', 'listPk', 'listSk', 'attentionPk', 'attentionAt'];
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'listing', KeySchema: keys('listPk', 'listSk'), Projection: { ProjectionType: 'ALL' } },
      { IndexName: 'attention', KeySchema: keys('attentionPk', 'attentionAt'), Projection: { ProjectionType: 'ALL' } },
    ],
  });
}

import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { deviceStoreContract } from './device-store.contract.ts';
import { createDynamoDeviceStore } from './dynamo-device-store.ts';
import { type DynamoDBServer, startDynalite } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

let server: DynamoDBServer;
let tables = 0;

beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server?.stop());

describe('the device store on DynamoDB', () => {
  deviceStoreContract(async () => {
    const tableName = `devices-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoDeviceStore(DynamoDBDocumentClient.from(server.client), tableName);
  });
});

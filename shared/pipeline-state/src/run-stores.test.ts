import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { createDynamoRunStore } from './dynamo-run-store.ts';
import { createMemoryRunStore } from './memory-run-store.ts';
import { runStoreContract } from './run-store.contract.ts';
import { type DynamoDBServer, startDynalite, startDynamoDBLocal } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

describe('the run store in memory', () => runStoreContract(async () => createMemoryRunStore()));

describe.each([
  ['dynalite', startDynalite],
  ['DynamoDB Local', startDynamoDBLocal],
])('the run store on %s', (_, start) => {
  let server: DynamoDBServer;
  let tables = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  runStoreContract(async () => {
    const tableName = `runs-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoRunStore(
      DynamoDBDocumentClient.from(server.client, { marshallOptions: { removeUndefinedValues: true } }),
      tableName,
    );
  });
});

import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { slotLedgerContract } from './slot-ledger.contract.ts';
import { createDynamoSlotLedger, createMemorySlotLedger } from './slot-ledger.ts';
import { type DynamoDBServer, startDynalite, startDynamoDBLocal } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

describe('the slot ledger in memory', () => slotLedgerContract(async () => createMemorySlotLedger()));

describe.each([
  ['dynalite', startDynalite],
  ['DynamoDB Local', startDynamoDBLocal],
])('the slot ledger on %s', (_, start) => {
  let server: DynamoDBServer;
  let tables = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  slotLedgerContract(async () => {
    const tableName = `slots-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoSlotLedger(DynamoDBDocumentClient.from(server.client), tableName, 'training');
  });
});

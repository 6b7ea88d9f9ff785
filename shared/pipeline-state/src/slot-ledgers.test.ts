import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoSlotLedger, createMemorySlotLedger, type SlotLedger } from './slot-ledger.ts';
import { type DynamoDBServer, startDynalite, startDynamoDBLocal } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

/** What every slot ledger promises. `create` gives an empty one each time. */
function slotLedgerContract(create: () => Promise<SlotLedger>): void {
  it('gives out no more slots than there are', async () => {
    const ledger = await create();
    expect([await ledger.claim('a', 2), await ledger.claim('b', 2), await ledger.claim('c', 2)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('lets a run keep the slot that it has, however often it asks', async () => {
    const ledger = await create();
    expect([await ledger.claim('a', 1), await ledger.claim('a', 1), await ledger.claim('b', 1)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('gives a slot that was given back to the next run', async () => {
    const ledger = await create();
    await ledger.claim('a', 1);
    await ledger.release('a');
    expect(await ledger.claim('b', 1)).toBe(true);
  });

  it('takes back what nobody holds without a word', async () => {
    const ledger = await create();
    await ledger.release('a');
    expect(await ledger.claim('a', 1)).toBe(true);
  });

  it('lets as many of those who ask at once win as there are slots', async () => {
    const ledger = await create();
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((runId) => ledger.claim(runId, 3)));
    expect(answers.filter(Boolean)).toHaveLength(3);
  });
}

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

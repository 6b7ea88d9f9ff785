import { DeleteTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDeviceStore, createDynamoRunStore, createDynamoSlotLedger } from '@dropforge/pipeline-state';
import { afterAll, describe } from 'vitest';
import { deviceStoreContract } from '../../../shared/pipeline-state/src/device-store.contract.ts';
import { runStoreContract } from '../../../shared/pipeline-state/src/run-store.contract.ts';
import { slotLedgerContract } from '../../../shared/pipeline-state/src/slot-ledger.contract.ts';
import { createTestTable } from '../../../shared/pipeline-state/src/testing/test-table.ts';
import { name, newName, settings } from './target.ts';

const client = new DynamoDBClient(settings);
const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
const created: string[] = [];

/** A table as serverless.yml describes it, empty. */
async function newTable(): Promise<string> {
  const tableName = newName();
  created.push(tableName);
  await createTestTable(client, tableName);
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName: tableName });
  return tableName;
}

afterAll(async () => {
  for (const TableName of created) await client.send(new DeleteTableCommand({ TableName }));
  client.destroy();
});

describe(`the run store on ${name}'s DynamoDB`, () =>
  runStoreContract(async () => createDynamoRunStore(documents, await newTable())));

describe(`the device store on ${name}'s DynamoDB`, () =>
  deviceStoreContract(async () => createDynamoDeviceStore(documents, await newTable())));

describe(`the slot ledger on ${name}'s DynamoDB`, () =>
  slotLedgerContract(async () => createDynamoSlotLedger(documents, await newTable(), 'training')));

import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe } from 'vitest';
import { type DynamoDBServer, startDynalite, startDynamoDBLocal } from '../testing/dynamodb-servers.ts';
import { createTestTable } from '../testing/test-table.ts';
import { createDynamoWebhookStore } from './dynamo-webhook-store.ts';
import { createMemoryWebhookStore } from './memory-webhook-store.ts';
import { webhookStoreContract } from './webhook-store.contract.ts';

describe('the webhook store in memory', () => webhookStoreContract(async () => createMemoryWebhookStore()));

describe.each([
  ['dynalite', startDynalite],
  ['DynamoDB Local', startDynamoDBLocal],
])('the webhook store on %s', (_, start) => {
  let server: DynamoDBServer;
  let tables = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  webhookStoreContract(async () => {
    const tableName = `webhooks-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoWebhookStore(
      DynamoDBDocumentClient.from(server.client, { marshallOptions: { removeUndefinedValues: true } }),
      tableName,
    );
  });
});

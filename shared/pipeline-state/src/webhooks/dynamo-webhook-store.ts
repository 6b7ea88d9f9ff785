import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { type Webhook, webhookMaximum } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

/**
 * Webhooks in DynamoDB: `pk = WEBHOOKS`, `sk = SLOT#<00 to 19>`. A fixed number of slots bounds how many there are
 * without counting, and one query gives them all.
 */
export function createDynamoWebhookStore(client: DynamoDBDocumentClient, tableName: string): WebhookStore {
  const listItems = async (): Promise<StoredWebhook[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :webhooks',
        ExpressionAttributeValues: { ':webhooks': partition },
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => StoredWebhook.parse(item));
  };
  /** Changes the item while its slot still holds this webhook; undefined: it does not. */
  const update = async (webhookId: string, UpdateExpression: string, values: Record<string, unknown>) => {
    const slot = (await listItems()).find((item) => item.webhookId === webhookId)?.sk;
    if (slot === undefined) return undefined;
    const changed = await unlessRefused(() =>
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk: partition, sk: slot },
          UpdateExpression,
          ConditionExpression: 'webhookId = :id',
          ExpressionAttributeValues: { ...values, ':id': webhookId },
          ReturnValues: 'ALL_NEW',
        }),
      ),
    );
    return changed?.Attributes && fromItem(StoredWebhook.parse(changed.Attributes));
  };
  return {
    async list() {
      const webhooks = (await listItems()).map(fromItem);
      return webhooks.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
    },
    async add(webhook) {
      const taken = new Set((await listItems()).map(({ sk }) => sk));
      for (const sk of slots.filter((slot) => !taken.has(slot))) {
        const Item = { pk: partition, sk, ...webhook };
        const ConditionExpression = 'attribute_not_exists(pk)';
        if (await unlessRefused(() => client.send(new PutCommand({ TableName: tableName, Item, ConditionExpression }))))
          return true;
      }
      return false;
    },
    async remove(webhookId) {
      const item = (await listItems()).find((one) => one.webhookId === webhookId);
      if (!item) return undefined;
      const removed = await unlessRefused(() =>
        client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: { pk: partition, sk: item.sk },
            ConditionExpression: 'webhookId = :id',
            ExpressionAttributeValues: { ':id': webhookId },
          }),
        ),
      );
      return removed && fromItem(item);
    },
    async noteSuccess(webhookId) {
      await update(webhookId, 'REMOVE failingSince, failingReason', {});
    },
    noteFailure: (webhookId, at, reason) =>
      update(webhookId, 'SET failingSince = if_not_exists(failingSince, :at), failingReason = :reason', {
        ':at': at,
        ':reason': reason,
      }),
    async switchOff(webhookId, reason) {
      await update(webhookId, 'SET offReason = :reason', { ':reason': reason });
    },
  };
}

const partition = 'WEBHOOKS';
const slots = Array.from({ length: webhookMaximum }, (_, slot) => `SLOT#${String(slot).padStart(2, '0')}`);

const StoredWebhook = z.object({
  sk: z.string(),
  webhookId: z.string(),
  url: z.string(),
  events: z.array(z.string()).optional(),
  project: z.string().optional(),
  createdAt: z.string(),
  createdBy: z.string(),
  offReason: z.string().optional(),
  failingSince: z.string().optional(),
  failingReason: z.string().optional(),
});
type StoredWebhook = z.output<typeof StoredWebhook>;

function fromItem({ sk: _, failingSince, failingReason, ...webhook }: StoredWebhook): Webhook {
  return failingSince === undefined
    ? webhook
    : { ...webhook, failing: { since: failingSince, reason: failingReason ?? '' } };
}

async function unlessRefused<Result>(write: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

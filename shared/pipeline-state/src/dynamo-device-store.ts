import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { agentReport, Reason } from '@dropforge/events';
import { z } from 'zod';
import { type Device, type DeviceStore, type DeviceVerdict, verdictOf } from './device-store.ts';

/** BatchGetItem takes at most so many keys. */
const batch = 100;

/** Devices in DynamoDB: `pk = DEVICE#<thing>`, `sk = STATE`, by name in the index `listing`. */
export function createDynamoDeviceStore(client: DynamoDBDocumentClient, tableName: string): DeviceStore {
  /** Sets `field` and its time unless the item has it with a later or equal time. */
  const setIfNewer = async (thing: string, field: 'report' | 'verdict', value: unknown, at: string) => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: deviceKey(thing),
          UpdateExpression: 'SET #field = :value, #at = :at, thing = :thing, listPk = :device, listSk = :thing',
          ConditionExpression: 'attribute_not_exists(#at) OR #at < :at',
          ExpressionAttributeNames: { '#field': field, '#at': `${field}At` },
          ExpressionAttributeValues: { ':value': value, ':at': at, ':thing': thing, ':device': 'DEVICE' },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  const recordVerdict = (thing: string, verdict: DeviceVerdict) => setIfNewer(thing, 'verdict', verdict, verdict.at);
  return {
    async record(report) {
      await setIfNewer(report.thing, 'report', report, report.sentAt);
      const verdict = verdictOf(report);
      if (verdict) await recordVerdict(report.thing, verdict);
    },
    recordVerdict,
    async read(thing) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: deviceKey(thing), ConsistentRead: true }),
      );
      return Item && fromItem(Item);
    },
    async readMany(things) {
      const names = [...new Set(things)];
      const devices: Device[] = [];
      for (let start = 0; start < names.length; start += batch) {
        const keys: Record<string, unknown>[] = names.slice(start, start + batch).map(deviceKey);
        while (keys.length > 0) {
          const asked = { [tableName]: { Keys: keys.splice(0), ConsistentRead: true } };
          const page = await client.send(new BatchGetCommand({ RequestItems: asked }));
          devices.push(...(page.Responses?.[tableName] ?? []).map(fromItem));
          keys.push(...(page.UnprocessedKeys?.[tableName]?.Keys ?? []));
        }
      }
      return devices;
    },
    async list() {
      const devices: Device[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: 'listing',
            KeyConditionExpression: 'listPk = :device',
            ExpressionAttributeValues: { ':device': 'DEVICE' },
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        devices.push(...(page.Items ?? []).map(fromItem));
        start = page.LastEvaluatedKey;
      } while (start);
      return devices;
    },
  };
}

const deviceKey = (thing: string) => ({ pk: `DEVICE#${thing}`, sk: 'STATE' });

const StoredVerdict = z.object({
  runId: z.string(),
  attempt: z.number(),
  outcome: z.enum(['committed', 'reverted', 'failed']),
  modelDigest: z.string().optional(),
  reason: Reason.optional(),
  at: z.string(),
});
const StoredDevice = z.object({
  thing: z.string(),
  report: agentReport.message.optional(),
  verdict: StoredVerdict.optional(),
});

function fromItem(item: Record<string, unknown>): Device {
  return StoredDevice.parse(item) as Device; // zod says `field?: T | undefined`, DynamoDB has no undefined
}

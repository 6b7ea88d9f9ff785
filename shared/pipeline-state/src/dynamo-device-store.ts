import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { agentReport, Reason } from '@dropforge/events';
import { z } from 'zod';
import { type Device, type DeviceStore, type DeviceVerdict, verdictOf } from './device-store.ts';
import { expiresIn, isExpired, toSeconds } from './expiry.ts';

/** A device that says nothing for so long is forgotten; its next report makes it known again. */
const keptDays = 90;
/** BatchGetItem takes at most so many keys. */
const batch = 100;

/** Devices in DynamoDB: `pk = DEVICE#<thing>`, `sk = STATE`, by name in the index `listing`. */
export function createDynamoDeviceStore(
  client: DynamoDBDocumentClient,
  tableName: string,
  now: () => number = Date.now,
): DeviceStore {
  /** Sets `field` and its time unless the item has it with a later or equal time. */
  const setIfNewer = async (thing: string, field: 'report' | 'verdict', value: unknown, at: string) => {
    const { expiresAt } = expiresIn(keptDays, now());
    const set = await unlessRefused(
      new UpdateCommand({
        TableName: tableName,
        Key: deviceKey(thing),
        UpdateExpression:
          'SET #field = :value, #at = :at, thing = :thing, listPk = :device, listSk = :thing, expiresAt = :expiresAt',
        ConditionExpression:
          '(attribute_not_exists(expiresAt) OR expiresAt >= :now) AND (attribute_not_exists(#at) OR #at < :at)',
        ExpressionAttributeNames: { '#field': field, '#at': `${field}At` },
        ExpressionAttributeValues: {
          ...{ ':value': value, ':at': at, ':thing': thing, ':device': 'DEVICE' },
          ...{ ':expiresAt': expiresAt, ':now': toSeconds(now()) },
        },
      }),
    );
    if (set) return;
    // Of an item that counts as gone nothing lives on.
    const Item = { ...deviceKey(thing), [field]: value, [`${field}At`]: at, thing, ...listKey(thing), expiresAt };
    const ConditionExpression = 'expiresAt < :now';
    const ExpressionAttributeValues = { ':now': toSeconds(now()) };
    await unlessRefused(new PutCommand({ TableName: tableName, Item, ConditionExpression, ExpressionAttributeValues }));
  };
  const unlessRefused = async (command: UpdateCommand | PutCommand): Promise<boolean> => {
    try {
      await (command instanceof PutCommand ? client.send(command) : client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  const known = (items: readonly Record<string, unknown>[] = []) =>
    items.filter((item) => !isExpired(item, now())).map(fromItem);
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
      return known(Item && [Item])[0];
    },
    async readMany(things) {
      const names = [...new Set(things)];
      const devices: Device[] = [];
      for (let start = 0; start < names.length; start += batch) {
        const keys: Record<string, unknown>[] = names.slice(start, start + batch).map(deviceKey);
        while (keys.length > 0) {
          const asked = { [tableName]: { Keys: keys.splice(0), ConsistentRead: true } };
          const page = await client.send(new BatchGetCommand({ RequestItems: asked }));
          devices.push(...known(page.Responses?.[tableName]));
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
        devices.push(...known(page.Items));
        start = page.LastEvaluatedKey;
      } while (start);
      return devices;
    },
  };
}

const deviceKey = (thing: string) => ({ pk: `DEVICE#${thing}`, sk: 'STATE' });
const listKey = (thing: string) => ({ listPk: 'DEVICE', listSk: thing });

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

import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';

/** Counts capacity in our own table, because SageMaker's List calls are few per second and lag behind. */
export interface SlotLedger {
  /** True when the run holds a slot now, whether it held one before or not. */
  claim(runId: string, limit: number): Promise<boolean>;
  /** Gives the run's slot back; nothing happens if it holds none. */
  release(runId: string): Promise<void>;
}

/** One item per kind of job holds the set of runs that have a slot; one conditional write claims. */
export function createDynamoSlotLedger(client: DynamoDBDocumentClient, tableName: string, kind: string): SlotLedger {
  const at = { TableName: tableName, Key: { pk: `SLOTS#${kind}`, sk: 'LEDGER' } };
  return {
    async claim(runId, limit) {
      try {
        await client.send(
          new UpdateCommand({
            ...at,
            UpdateExpression: 'ADD holders :run',
            ConditionExpression: 'attribute_not_exists(holders) OR contains(holders, :id) OR size(holders) < :limit',
            ExpressionAttributeValues: { ':run': new Set([runId]), ':id': runId, ':limit': limit },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async release(runId) {
      await client.send(
        new UpdateCommand({
          ...at,
          UpdateExpression: 'DELETE holders :run',
          ExpressionAttributeValues: { ':run': new Set([runId]) },
        }),
      );
    },
  };
}

/** The ledger in memory, for tests of what stands on it. */
export function createMemorySlotLedger(): SlotLedger {
  const holders = new Set<string>();
  return {
    async claim(runId, limit) {
      if (!holders.has(runId) && holders.size >= limit) return false;
      holders.add(runId);
      return true;
    },
    async release(runId) {
      holders.delete(runId);
    },
  };
}

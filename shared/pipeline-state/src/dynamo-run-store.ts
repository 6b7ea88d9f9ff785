import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { JobCost } from '@dropforge/events';
import { z } from 'zod';
import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';
import { type State, states } from './transitions.ts';

/**
 * Runs in DynamoDB: `pk = RUN#<runId>`, `sk = STATE`. Index `listing` has all runs by age, index `attention` is
 * sparse: only runs with an unsent event or a deadline stand in it.
 */
export function createDynamoRunStore(client: DynamoDBDocumentClient, tableName: string): RunStore {
  return {
    async read(runId) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: runKey(runId),
          ConsistentRead: true,
        }),
      );
      return Item && fromItem(Item);
    },
    async write(run) {
      const next = { ...run, revision: run.revision + 1 };
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(next),
            ...(run.revision === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :read',
                  ExpressionAttributeValues: { ':read': run.revision },
                }),
          }),
        );
        return next;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
    async list({ projects, limit = 50, cursor } = {}) {
      const runs: Run[] = [];
      let start: Record<string, unknown> | undefined = cursor ? decodeCursor(cursor) : undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            IndexName: 'listing',
            KeyConditionExpression: 'listPk = :all',
            ExpressionAttributeValues: { ':all': 'RUN' },
            ScanIndexForward: false,
            Limit: Math.max(limit, 25),
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        for (const item of page.Items ?? []) {
          const run = fromItem(item);
          if (projects && !projects.includes(run.project)) continue;
          if (runs.length === limit) return { runs, cursor: encodeCursor(runs.at(-1)) };
          runs.push(run);
        }
        start = page.LastEvaluatedKey;
      } while (start);
      return { runs };
    },
    async needingAttention(now, limit) {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: 'attention',
          KeyConditionExpression: 'attentionPk = :run AND attentionAt <= :now',
          ExpressionAttributeValues: {
            ':run': 'RUN',
            ':now': now.toISOString(),
          },
          Limit: limit,
        }),
      );
      return (Items ?? []).map((item) => StoredRun.shape.runId.parse(item.runId));
    },
  };
}

const StoredRun = z.object({
  runId: z.string(),
  project: z.string(),
  state: z.enum(Object.keys(states) as [State, ...State[]]), // Object.keys forgets the names that `states` has
  attempt: z.number(),
  revision: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  facts: z.record(z.string(), z.record(z.string(), z.unknown())),
  history: z.array(z.custom<Run['history'][number]>()),
  outbox: z.array(z.custom<Run['outbox'][number]>()),
  attentionAt: z.string().optional(),
  nudges: z.number(),
  costs: z.record(z.string(), JobCost).optional(),
});

const runKey = (runId: string) => ({ pk: `RUN#${runId}`, sk: 'STATE' });
const listKey = (run: Run) => ({
  listPk: 'RUN',
  listSk: `${run.createdAt}#${run.runId}`,
});

function toItem(run: Run): Record<string, unknown> {
  return {
    ...run,
    ...runKey(run.runId),
    ...listKey(run),
    ...(run.attentionAt ? { attentionPk: 'RUN' } : {}),
  };
}

function fromItem(item: Record<string, unknown>): Run {
  const { attentionAt, costs, ...run } = StoredRun.parse(item);
  return { ...run, ...(attentionAt ? { attentionAt } : {}), ...(costs ? { costs } : {}) };
}

/** A cursor is the listing key of the last run shown; it says nothing about the table's inside to those who hold it. */
function encodeCursor(run: Run | undefined): string {
  return Buffer.from(JSON.stringify(run ? { ...runKey(run.runId), ...listKey(run) } : {})).toString('base64url');
}

/** DynamoDB refuses a start that no item could have, so nothing else counts as a cursor. */
const Cursor = z
  .strictObject({
    pk: z.string().regex(/^RUN#run-[a-z2-7]{20}$/),
    sk: z.literal('STATE'),
    listPk: z.literal('RUN'),
    listSk: z.string().max(100),
  })
  .refine(({ pk, listSk }) => /^\d{4}-/.test(listSk) && listSk.endsWith(`#${pk.slice('RUN#'.length)}`));

function decodeCursor(cursor: string): z.output<typeof Cursor> | undefined {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    return undefined; // a made-up cursor shows the first page
  }
}

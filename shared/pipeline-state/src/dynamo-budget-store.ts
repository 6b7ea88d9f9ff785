import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  type BudgetEntry,
  type BudgetedJob,
  type BudgetStore,
  expiryOfMonth,
  formatEntry,
  monthsOf,
  parseEntry,
  sumEntries,
  toMicroUsd,
} from './budget-store.ts';

/** Two writers of one job's entry are rare and quick; a store that refuses this often is broken. */
const attempts = 20;

/**
 * One item for each project and month: `pk = BUDGET#<project>`, `sk = <month>`. `committed` is the sum of its entries,
 * `job <name>` is one of them, and every write changes both, under a condition. An item has room for some 6,000 jobs.
 * It is never read after `expiresAt`: nobody asks for a month that is so long ago.
 */
export function createDynamoBudgetStore(client: DynamoDBDocumentClient, tableName: string): BudgetStore {
  const itemOf = (project: string, month: string) => ({
    TableName: tableName,
    Key: { pk: `BUDGET#${project}`, sk: month },
  });

  async function readEntry({ project, jobName }: BudgetedJob, month: string): Promise<BudgetEntry | undefined> {
    const { Item } = await client.send(
      new GetCommand({
        ...itemOf(project, month),
        ConsistentRead: true,
        ProjectionExpression: '#job',
        ExpressionAttributeNames: { '#job': entryName(jobName) },
      }),
    );
    const text = Item?.[entryName(jobName)];
    return typeof text === 'string' ? parseEntry(text) : undefined;
  }

  /** Puts `next` in the place of `before`, sum and all. False: the entry is another by now, or the sum is above `most`. */
  async function replace(job: BudgetedJob, month: string, change: Change): Promise<boolean> {
    const { before, next, most } = change;
    const delta = (next?.microUsd ?? 0) - (before?.microUsd ?? 0);
    const sameEntry = before ? '#job = :before' : 'attribute_not_exists(#job)';
    const fits = most === undefined ? '' : ' AND (attribute_not_exists(committed) OR committed <= :most)';
    try {
      await client.send(
        new UpdateCommand({
          ...itemOf(job.project, month),
          UpdateExpression: `SET expiresAt = :expiresAt${next ? ', #job = :next' : ' REMOVE #job'} ADD committed :delta`,
          ConditionExpression: sameEntry + fits,
          ExpressionAttributeNames: { '#job': entryName(job.jobName) },
          ExpressionAttributeValues: {
            ':delta': delta,
            ':expiresAt': expiryOfMonth(month),
            ...(next ? { ':next': formatEntry(next) } : {}),
            ...(before ? { ':before': formatEntry(before) } : {}),
            ...(most === undefined ? {} : { ':most': most }),
          },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** The months in which the job has an entry, the newest first. */
  async function find(job: BudgetedJob, now: Date): Promise<{ month: string; entry: BudgetEntry }[]> {
    const entries = await Promise.all(
      monthsOf(now).map(async (month) => ({ month, entry: await readEntry(job, month) })),
    );
    return entries.flatMap(({ month, entry }) => (entry ? [{ month, entry }] : []));
  }

  return {
    async reserve(job, estimateUsd, limitUsd, now) {
      const [month] = monthsOf(now);
      const microUsd = toMicroUsd(estimateUsd);
      const most = limitUsd === undefined ? undefined : toMicroUsd(limitUsd) - microUsd;
      if ((await find(job, now)).length > 0) return true;
      if (most !== undefined && most < 0) return false;
      if (await replace(job, month, { next: { status: 'open', microUsd }, most })) return true;
      return (await readEntry(job, month)) !== undefined;
    },
    async withdraw(job, now) {
      for (const { month, entry } of await find(job, now))
        if (entry.status === 'open') await replace(job, month, { before: entry });
    },
    async settle(job, actualUsd, now) {
      const microUsd = toMicroUsd(actualUsd);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const known = await find(job, now);
        if (known.some(({ entry }) => entry.status === 'ended')) return;
        const [first, ...doubles] = known;
        const month = first?.month ?? monthsOf(now)[0];
        const settled = await replace(job, month, { before: first?.entry, next: { status: 'ended', microUsd } });
        // Reserved twice, on both sides of midnight at the end of a month: once is enough.
        for (const { month: other, entry } of doubles) await replace(job, other, { before: entry });
        if (settled) return;
      }
      throw new Error(`the budget entry of ${job.jobName} changed ${attempts} times while it was being settled`);
    },
    async read(project, now) {
      const [month] = monthsOf(now);
      const { Item = {} } = await client.send(new GetCommand({ ...itemOf(project, month), ConsistentRead: true }));
      const texts = Object.entries(Item).flatMap(([name, value]) => (name.startsWith('job ') ? [String(value)] : []));
      return sumEntries(month, texts.map(parseEntry));
    },
  };
}

interface Change {
  readonly before?: BudgetEntry | undefined;
  /** undefined: the entry goes. */
  readonly next?: BudgetEntry;
  readonly most?: number | undefined;
}

const entryName = (jobName: string) => `job ${jobName}`;

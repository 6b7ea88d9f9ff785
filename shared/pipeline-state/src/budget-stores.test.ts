import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgetStoreContract } from './budget-store.contract.ts';
import { expiryOfMonth, formatEntry, monthsOf, parseEntry, toMicroUsd } from './budget-store.ts';
import { createDynamoBudgetStore } from './dynamo-budget-store.ts';
import { createMemoryBudgetStore } from './memory-budget-store.ts';
import { type DynamoDBServer, startDynalite, startDynamoDBLocal } from './testing/dynamodb-servers.ts';
import { createTestTable } from './testing/test-table.ts';

describe('the budget store in memory', () => budgetStoreContract(async () => createMemoryBudgetStore(), 100));

describe.each([
  ['dynalite', startDynalite, 8],
  ['DynamoDB Local', startDynamoDBLocal, 3],
])('the budget store on %s', (_, start, numRuns) => {
  let server: DynamoDBServer;
  let tables = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  async function create() {
    const tableName = `budgets-${++tables}`;
    await createTestTable(server.client, tableName);
    return createDynamoBudgetStore(DynamoDBDocumentClient.from(server.client), tableName);
  }
  budgetStoreContract(create, numRuns);

  it('counts a job once that was reserved on both sides of midnight', async () => {
    const store = await create();
    const job = { project: 'flowers', jobName: 'j' };
    const [before, after] = [new Date('2026-11-30T23:59:59Z'), new Date('2026-12-01T00:00:00Z')];
    await Promise.all([before, after].map((now) => store.reserve(job, 1, undefined, now)));
    await store.settle(job, 0.25, after);
    const months = await Promise.all([before, after].map((now) => store.read('flowers', now)));
    expect(months.map(({ reservedUsd }) => reservedUsd)).toEqual([0, 0]);
    expect(months.reduce((sum, { spentUsd }) => sum + spentUsd, 0)).toBe(0.25);
  });
});

it('looks back over the two months in which a job that ends now can have begun, across the year', () => {
  expect(monthsOf(new Date('2027-01-31T23:59:59Z'))).toEqual(['2027-01', '2026-12', '2026-11']);
});

it('keeps a month for a year after its end, and never looks at one whose year is over', () => {
  expect(new Date(expiryOfMonth('2026-12') * 1_000)).toEqual(new Date('2028-01-01T00:00:00Z'));
  fc.assert(
    fc.property(fc.date({ min: new Date('2026-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }), (now) => {
      for (const month of monthsOf(now)) expect(expiryOfMonth(month) * 1_000).toBeGreaterThan(now.getTime());
    }),
  );
});

it('takes no entry that it did not write, and no amount that is none', () => {
  expect(parseEntry(formatEntry({ status: 'open', microUsd: 421_000 }))).toEqual({ status: 'open', microUsd: 421_000 });
  expect(() => parseEntry('open -1')).toThrow('no entry');
  for (const usd of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => toMicroUsd(usd)).toThrow('no amount');
});

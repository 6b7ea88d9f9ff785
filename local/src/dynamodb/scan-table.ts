import type { CallDynamodb } from './dynamodb.ts';

/** In DynamoDB's JSON: type and value by attribute. */
export type Item = Readonly<Record<string, unknown>>;

/** Every item of a table, or every entry of one of its indexes. */
export async function scanTable(TableName: string, call: CallDynamodb, IndexName?: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: unknown;
  do {
    const { Items, LastEvaluatedKey } = await call('Scan', {
      TableName,
      ...(IndexName ? { IndexName } : {}),
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    items.push(...((Items ?? []) as Item[])); // DynamoDB's own form
    start = LastEvaluatedKey;
  } while (start);
  return items;
}

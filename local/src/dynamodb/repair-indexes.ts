/** Brings secondary indexes in line with their table: the store writes an item and its index entries one after the other. */
import { isDeepStrictEqual } from 'node:util';
import type { TableDescription } from '../serverless-file/description.ts';
import type { CallDynamodb } from './dynamodb.ts';
import { type Item, scanTable } from './scan-table.ts';

/** Needed when the process was killed; gives the number of entries that were missing, stale or of another content. */
export async function repairIndexes(tables: readonly TableDescription[], call: CallDynamodb): Promise<number> {
  let repaired = 0;
  for (const { name, properties } of tables) {
    const indexes = [properties.GlobalSecondaryIndexes, properties.LocalSecondaryIndexes].flatMap(listOf);
    if (indexes.length === 0) continue;
    const table: Table = { name, keys: keyNames(properties), call };
    const items = new Map((await scanTable(name, call)).map((item) => [keyOf(item, table), item]));
    for (const index of indexes) repaired += await repairIndex(index, items, table);
  }
  return repaired;
}

interface Table {
  readonly name: string;
  /** Names of its key's attributes. */
  readonly keys: readonly string[];
  readonly call: CallDynamodb;
}

async function repairIndex(
  index: Record<string, unknown>,
  items: ReadonlyMap<string, Item>,
  table: Table,
): Promise<number> {
  const keys = keyNames(index);
  const place = (item: Item) => JSON.stringify(keys.map((name) => item[name]));
  const isWhole = isDeepStrictEqual(index.Projection, { ProjectionType: 'ALL' });
  const entries = await scanTable(table.name, table.call, String(index.IndexName));
  const right = new Set<string>();
  let wrong = 0;
  for (const entry of entries) {
    const item = items.get(keyOf(entry, table));
    const isStale = item === undefined || place(item) !== place(entry);
    if (!isStale && (isWhole ? isDeepStrictEqual(entry, item) : isPartOf(entry, item))) right.add(keyOf(entry, table));
    else wrong++;
    if (isStale) await remove(entry, keys, item, table);
  }
  for (const [key, item] of items) {
    if (right.has(key) || !keys.every((name) => name in item)) continue;
    if (!entries.some((entry) => keyOf(entry, table) === key)) wrong++;
    await table.call('PutItem', { TableName: table.name, Item: item });
  }
  return wrong;
}

/** The store removes an entry when its item moves away from there: so the item is put there, and back. */
async function remove(entry: Item, keys: readonly string[], item: Item | undefined, table: Table): Promise<void> {
  const { name: TableName, call } = table;
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, entry[name]]));
  await call('PutItem', { TableName, Item: { ...item, ...pick(table.keys), ...pick(keys) } });
  if (item) await call('PutItem', { TableName, Item: item });
  else await call('DeleteItem', { TableName, Key: pick(table.keys) });
}

/** An entry of an index that does not project everything. */
function isPartOf(entry: Item, item: Item): boolean {
  return Object.entries(entry).every(([name, value]) => isDeepStrictEqual(value, item[name]));
}

function keyOf(item: Item, { keys }: Table): string {
  return JSON.stringify(keys.map((name) => item[name]));
}

function keyNames({ KeySchema }: Record<string, unknown>): string[] {
  return listOf(KeySchema).map(({ AttributeName }) => String(AttributeName));
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

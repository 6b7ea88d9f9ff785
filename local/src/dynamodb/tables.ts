/** Creates the tables of the stack and notices those that have changed since. */
import { AwsError } from '../aws-endpoint/aws-error.ts';
import type { TableDescription } from '../serverless-file/description.ts';
import type { CallDynamodb } from './dynamodb.ts';

/** A table in the state directory is not the one that serverless.yml describes. */
export class TableChangedError extends Error {
  readonly code = 'TABLE_CHANGED';

  constructor(table: string, what: string) {
    super(
      `Table ${table} was created with other ${what} than serverless.yml now asks for. Remove the state directory to start anew.`,
    );
    this.name = 'TableChangedError';
  }
}

/** The process was killed while it created a table: the store says CREATING for ever and takes no other word. */
export class TableUnfinishedError extends Error {
  /** Whether another table has come into use, so that the store cannot simply be made anew. */
  readonly othersInUse: boolean;

  constructor(table: string, othersInUse: boolean) {
    super(
      `Table ${table} was only half created when the process was killed. Remove the folder dynamodb of the state directory.`,
    );
    this.name = 'TableUnfinishedError';
    this.othersInUse = othersInUse;
  }
}

/** CloudFormation's properties that CreateTable takes as well; encryption, backups and the like mean nothing here. */
const CREATE_PROPERTIES = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'ProvisionedThroughput',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
];

/** @throws TableChangedError if an existing table has other keys or indexes, TableUnfinishedError after an untimely kill. */
export async function createTables(tables: TableDescription[], call: CallDynamodb): Promise<void> {
  const existing = new Map<string, Record<string, unknown> | undefined>();
  for (const { name } of tables) existing.set(name, await describe(name, call));
  const [unfinished] = [...existing].find(([, table]) => table !== undefined && !isActive(table)) ?? [];
  if (unfinished !== undefined) throw new TableUnfinishedError(unfinished, [...existing.values()].some(isActive));
  for (const { name, properties } of tables) {
    const table = existing.get(name);
    if (table === undefined) await create(name, properties, call);
    else compare(name, properties, table);
  }
}

function isActive(table: Record<string, unknown> | undefined): boolean {
  return table?.TableStatus === 'ACTIVE';
}

async function create(name: string, properties: Record<string, unknown>, call: CallDynamodb): Promise<void> {
  const given = CREATE_PROPERTIES.filter((property) => properties[property] !== undefined);
  await call('CreateTable', { TableName: name, ...Object.fromEntries(given.map((one) => [one, properties[one]])) });
  // The table becomes active in the store's next turn; each call is a turn.
  while (!isActive(await describe(name, call)));
}

async function describe(name: string, call: CallDynamodb): Promise<Record<string, unknown> | undefined> {
  try {
    const { Table: table } = await call('DescribeTable', { TableName: name });
    return isRecord(table) ? table : undefined;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function compare(name: string, wanted: Record<string, unknown>, existing: Record<string, unknown>): void {
  if (keys(wanted) !== keys(existing)) throw new TableChangedError(name, 'keys');
  for (const kind of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
    if (indexes(wanted[kind]) !== indexes(existing[kind])) throw new TableChangedError(name, 'indexes');
  }
}

function indexes(value: unknown): string {
  const list = Array.isArray(value) ? value.filter(isRecord) : [];
  return list
    .map((index) => `${index.IndexName} ${keys(index)} ${projection(index.Projection)}`)
    .sort()
    .join('; ');
}

function projection(value: unknown): string {
  if (!isRecord(value)) return '';
  const attributes = Array.isArray(value.NonKeyAttributes) ? value.NonKeyAttributes.map(String).sort() : [];
  return `${value.ProjectionType} ${attributes.join(',')}`;
}

function keys({ KeySchema: schema }: Record<string, unknown>): string {
  const list = Array.isArray(schema) ? schema.filter(isRecord) : [];
  return list.map(({ AttributeName: name, KeyType: type }) => `${type} ${name}`).join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

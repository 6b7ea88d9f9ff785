/** Forgets items whose time to live is over, as DynamoDB does: some time later, and read by everybody until then. */
import type { TableDescription } from '../serverless-file/description.ts';
import type { CallDynamodb } from './dynamodb.ts';
import { scanTable } from './scan-table.ts';

/**
 * Deletes what has expired in tables that ask for it. `now`: milliseconds since 1970. DynamoDB looks at numbers alone,
 * and leaves what expired more than five years ago: that was meant in milliseconds or by mistake.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export async function expireItems(tables: readonly TableDescription[], call: CallDynamodb, now: number): Promise<void> {
  for (const { name: TableName, properties } of tables) {
    const attribute = ttlAttribute(properties);
    if (attribute === undefined) continue;
    const keys = (properties.KeySchema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName); // the table was made with it
    for (const item of await scanTable(TableName, call)) {
      const seconds = Number((item[attribute] as { N?: string } | undefined)?.N);
      if (!(seconds < now / 1_000 && seconds > now / 1_000 - fiveYearsSeconds)) continue;
      const Key = Object.fromEntries(keys.map((key) => [key, item[key]]));
      await call('DeleteItem', {
        ...{ TableName, Key, ConditionExpression: '#ttl = :seen' },
        ...{ ExpressionAttributeNames: { '#ttl': attribute }, ExpressionAttributeValues: { ':seen': item[attribute] } },
      }).catch(unlessKept);
    }
  }
}

const fiveYearsSeconds = 5 * 365 * 86_400;

/** Somebody has given it more time meanwhile. */
function unlessKept(error: Error & { code?: string }): void {
  if (error.code !== 'ConditionalCheckFailedException') throw error;
}

function ttlAttribute({ TimeToLiveSpecification: ttl }: TableDescription['properties']): string | undefined {
  const { AttributeName, Enabled } = (ttl ?? {}) as { AttributeName?: string; Enabled?: boolean | string }; // CloudFormation's form
  return String(Enabled) === 'true' ? AttributeName : undefined;
}

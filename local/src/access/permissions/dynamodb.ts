/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
import type { Permission } from '../policy.ts';
import { arn, type Input, list, type Place, type Rules, record, text } from './rule.ts';

function on(action: string, tableName: string, place: Place): Permission {
  const resource = tableName.startsWith('arn:') ? tableName : arn('dynamodb', `table/${tableName}`, place);
  return { action: `dynamodb:${action}`, resource };
}

const onTable = (action: string) => (input: Input, place: Place) => [on(action, text(input, 'TableName'), place)];

/** A query of an index is allowed by the index alone. */
const onTableOrIndex = (action: string) => (input: Input, place: Place) => {
  const table = on(action, text(input, 'TableName'), place);
  const index = text(input, 'IndexName');
  return [index === '' ? table : { ...table, resource: `${table.resource}/index/${index}` }];
};

const onEachTable = (action: string) => (input: Input, place: Place) =>
  Object.keys(record(input.RequestItems)).map((table) => on(action, table, place));

/** A transaction needs what each of its parts needs. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const parts = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};
const transaction = (input: Input, place: Place) =>
  list(input.TransactItems).flatMap((item) =>
    Object.entries(parts).flatMap(([part, action]) =>
      item[part] === undefined ? [] : [on(action, text(record(item[part]), 'TableName'), place)],
    ),
  );

export const dynamodb: Rules = {
  BatchGetItem: onEachTable('BatchGetItem'),
  BatchWriteItem: onEachTable('BatchWriteItem'),
  DeleteItem: onTable('DeleteItem'),
  DescribeTable: onTable('DescribeTable'),
  GetItem: onTable('GetItem'),
  PutItem: onTable('PutItem'),
  Query: onTableOrIndex('Query'),
  Scan: onTableOrIndex('Scan'),
  TransactGetItems: transaction,
  TransactWriteItems: transaction,
  UpdateItem: onTable('UpdateItem'),
};

import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { type Found, failed, ok } from '../finding.ts';
import { type Check, type Patient, variableOf } from '../patient.ts';

/** The one table and its indexes are active; on AWS it can be restored to any second of the last weeks. */
export const table: Check = {
  name: 'table',
  async examine(patient) {
    const TableName = await variableOf(patient, 'reconciler-tend', 'TABLE_NAME');
    if (!TableName) return failed('the functions name no table', 'Deploy again.');
    const { Table = {} } = await patient.clients.dynamodb.send(new DescribeTableCommand({ TableName }));
    const { TableStatus, GlobalSecondaryIndexes: indexes = [] } = Table;
    const resting = [TableStatus, ...indexes.map(({ IndexStatus }) => IndexStatus)].filter(
      (state) => state !== 'ACTIVE',
    );
    if (resting.length > 0) return failed(`${TableName} is ${resting.join(', ')}`, 'Wait until AWS has made it.');
    return [ok(`${TableName} with ${indexes.length} indexes`), await backups(patient, TableName)].flat();
  },
};

async function backups({ clients, cloud }: Patient, TableName: string): Promise<Found[]> {
  if (cloud.aws.endpoint) return [];
  const { ContinuousBackupsDescription: described } = await clients.dynamodb.send(
    new DescribeContinuousBackupsCommand({ TableName }),
  );
  const status = described?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  if (status === 'ENABLED') return [ok('point-in-time recovery is on')];
  return [failed('point-in-time recovery is off', 'Deploy again, or switch it on for the table.')];
}

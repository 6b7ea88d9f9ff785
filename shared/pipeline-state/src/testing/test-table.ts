import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Creates the table as serverless.yml describes it; tests of the stores need one each. */
export async function createTestTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const names = ['pk', 'sk', 'listPk', 'listSk', 'attentionPk', 'attentionAt'];
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: keys('pk', 'sk'),
      GlobalSecondaryIndexes: [
        { IndexName: 'listing', KeySchema: keys('listPk', 'listSk'), Projection: { ProjectionType: 'ALL' } },
        {
          IndexName: 'attention',
          KeySchema: keys('attentionPk', 'attentionAt'),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['runId'] },
        },
      ],
    }),
  );
}

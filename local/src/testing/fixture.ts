/** The small application that tests start, and clients for it. */
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Cloud } from '../start.ts';

export const fixtureFile = fileURLToPath(new URL('./fixture/serverless.yml', import.meta.url));

/** Options for any SDK client that talks to a cloud. */
export function clientOptions({ environment }: Pick<Cloud, 'environment'>) {
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = environment;
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = environment;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

/** The events of one kind that the fixture's functions have written down. */
export async function countedEvents(
  cloud: Pick<Cloud, 'environment' | 'description'>,
  kind: string,
): Promise<Record<string, unknown>[]> {
  const client = new DynamoDBClient(clientOptions(cloud));
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: cloud.description.tables[0]?.name,
      IndexName: 'kinds',
      KeyConditionExpression: 'kind = :kind',
      ExpressionAttributeValues: { ':kind': { S: kind } },
    }),
  );
  return items.map(({ event }) => JSON.parse(event?.S ?? ''));
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2';
import { IoTClient } from '@aws-sdk/client-iot';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * The settings of every client: quick to give up on a dead connection, adaptive when told to slow down.
 * Region, credentials and endpoints are the SDK's own variables (AWS_REGION, AWS_ENDPOINT_URL…): no code asks where it runs.
 */
const settings = {
  retryMode: 'adaptive',
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000 },
} as const;

export const s3 = () =>
  new S3Client({
    ...settings,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 300_000 },
  });
export const eventBridge = () => new EventBridgeClient(settings);
export const sageMaker = () => new SageMakerClient(settings);
export const greengrass = () => new GreengrassV2Client(settings);
export const iot = () => new IoTClient(settings);
export const secretsManager = () => new SecretsManagerClient(settings);

/** The document client: plain objects in and out, `undefined` fields left away. */
export const dynamo = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
    marshallOptions: { removeUndefinedValues: true },
  });

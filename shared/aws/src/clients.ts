import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GreengrassV2Client } from '@aws-sdk/client-greengrassv2';
import { IoTClient } from '@aws-sdk/client-iot';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { instrumented } from './instrument.ts';

/**
 * The settings of every client: quick to give up on a dead connection, patient with a service that is busy. Not the
 * "adaptive" mode: it makes every later call of the client wait as well, for seconds after one refusal.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 * Region, credentials and endpoints are the SDK's own variables (AWS_REGION, AWS_ENDPOINT_URL…): no code asks where it runs.
 */
const settings = {
  retryMode: 'standard',
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000 },
} as const;

export const s3 = () =>
  instrumented(
    new S3Client({
      ...settings,
      requestHandler: { connectionTimeout: 3_000, requestTimeout: 300_000 },
    }),
  );
export const eventBridge = () => instrumented(new EventBridgeClient(settings));
export const sageMaker = () => instrumented(new SageMakerClient(settings));
export const greengrass = () => instrumented(new GreengrassV2Client(settings));
export const iot = () => instrumented(new IoTClient(settings));
export const kms = () => instrumented(new KMSClient(settings));
export const secretsManager = () => instrumented(new SecretsManagerClient(settings));

/** The document client: plain objects in and out, `undefined` fields left away. */
export const dynamo = () =>
  DynamoDBDocumentClient.from(instrumented(new DynamoDBClient(settings)), {
    marshallOptions: { removeUndefinedValues: true },
  });

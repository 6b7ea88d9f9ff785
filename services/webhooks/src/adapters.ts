import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dynamo, secretsManager } from '@dropforge/aws';
import { RetryableError, readConfig } from '@dropforge/handler-kit';
import { createDynamoWebhookStore } from '@dropforge/pipeline-state/webhooks';
import { z } from 'zod';
import { batchesOf } from './batches.ts';
import type { DeliveryPorts, FanOutPorts } from './ports.ts';
import { createSender } from './send-request.ts';

const Config = z.object({
  TABLE_NAME: z.string().min(1),
  WEBHOOK_QUEUE_URL: z.url(),
});
const DeliveryConfig = Config.extend({
  WEBHOOK_KEY_ARN: z.string().min(1),
  /** A receiver on this machine, for tests and for the embedded cloud. */
  WEBHOOK_TEST_ADDRESS: z.literal('127.0.0.1').optional(),
});
const timeoutMilliseconds = 5_000;

/** The ports of the fan-out on AWS. */
export function createFanOutPorts(): FanOutPorts {
  const { TABLE_NAME, WEBHOOK_QUEUE_URL: QueueUrl } = readConfig(Config);
  const sqs = new SQSClient({});
  return {
    webhooks: createDynamoWebhookStore(dynamo(), TABLE_NAME),
    async enqueue(messages) {
      for (const batch of batchesOf(messages)) {
        const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        if (Failed.length > 0)
          throw new RetryableError(`SQS did not take ${Failed.length} messages: ${Failed[0]?.Code ?? 'unknown'}.`);
      }
    },
  };
}

/** The ports of a delivery on AWS. */
export function createDeliveryPorts(): DeliveryPorts {
  const config = readConfig(DeliveryConfig);
  const sqs = new SQSClient({});
  const secrets = secretsManager();
  let stackKey: Promise<string> | undefined;
  const readKey = async () => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: config.WEBHOOK_KEY_ARN }));
    if (!SecretString) throw new Error(`the secret ${config.WEBHOOK_KEY_ARN} has no text`);
    return SecretString;
  };
  return {
    webhooks: createDynamoWebhookStore(dynamo(), config.TABLE_NAME),
    now: () => new Date(),
    stackKey() {
      stackKey ??= readKey().catch((error) => {
        stackKey = undefined; // the next delivery tries again
        throw error;
      });
      return stackKey;
    },
    send: createSender({ testAddress: config.WEBHOOK_TEST_ADDRESS, timeoutMilliseconds }),
    async delay(ReceiptHandle, VisibilityTimeout) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: config.WEBHOOK_QUEUE_URL, ReceiptHandle, VisibilityTimeout }),
      );
    },
  };
}

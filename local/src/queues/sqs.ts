/** SQS over the stack's queues, enough to look at dead letters and to clear them. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-endpoint/aws-error.ts';
import { jsonService } from '../aws-endpoint/json-protocol.ts';
import type { Clock } from '../clock.ts';
import type { QueueDescription } from '../serverless-file/description.ts';
import type { QueueMessage, Queues } from './queues.ts';

const MOST_MESSAGES = 10;
const DEFAULT_VISIBILITY_SECONDS = 30;

export interface SqsOptions {
  queues: Queues;
  descriptions: QueueDescription[];
  clock: Clock;
}

export function createSqs({ queues, descriptions, clock }: SqsOptions) {
  /** Until when a received message stays hidden; a restart shows it again, which at-least-once allows. */
  const hiddenUntil = new Map<string, number>();
  const find = (input: Record<string, unknown>): QueueDescription => {
    const queue = descriptions.find(({ name, url }) => name === input.QueueName || url === input.QueueUrl);
    if (queue !== undefined) return queue;
    throw new AwsError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  };
  return jsonService({
    ListQueues: () => ({ QueueUrls: descriptions.map(({ url }) => url) }),
    GetQueueUrl: (input) => ({ QueueUrl: find(input).url }),
    GetQueueAttributes(input) {
      const { name, arn } = find(input);
      return { Attributes: { QueueArn: arn, ApproximateNumberOfMessages: String(queues.count(name)) } };
    },
    SendMessage(input) {
      const body = String(input.MessageBody ?? '');
      return { MessageId: queues.send(find(input).name, body, {}, clock.now()), MD5OfMessageBody: md5(body) };
    },
    ReceiveMessage(input) {
      const { name } = find(input);
      const now = clock.now();
      const wanted = Math.min(Number(input.MaxNumberOfMessages ?? 1), MOST_MESSAGES);
      const visible = queues.list(name, -1).filter(({ messageId }) => (hiddenUntil.get(messageId) ?? 0) <= now);
      const seconds = Number(input.VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS);
      const messages = visible.slice(0, wanted);
      for (const { messageId } of messages) hiddenUntil.set(messageId, now + seconds * 1000);
      return { Messages: messages.map(toMessage) };
    },
    DeleteMessage(input) {
      const id = String(input.ReceiptHandle ?? '');
      queues.remove(find(input).name, id);
      hiddenUntil.delete(id);
    },
  });
}

/** The receipt handle is the message's own id: one reader at a time is all that is needed here. */
function toMessage({ messageId, body, attributes, sentAt }: QueueMessage) {
  const values = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
  return {
    MessageId: messageId,
    ReceiptHandle: messageId,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: { SentTimestamp: String(sentAt) },
    MessageAttributes: Object.fromEntries(values),
  };
}

/** Clients compare it with what they received. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

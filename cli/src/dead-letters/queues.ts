import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CliError } from '../cli-error.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { type DeadLetter, readDeadLetter } from './dead-letter.ts';

/** Where dead letters lie: those of events, and those of webhooks. */
const queueNames = ['dead-letters', 'webhook-dead-letters'] as const;

/** More than this at once is not for looking at one by one. */
const mostLetters = 500;
/** Nobody else gets a letter that is being looked at; if this program dies it is back after so many seconds. */
const heldSeconds = 120;

export interface DeadLetterQueues {
  /** All letters, the oldest first. They stay held until `release`, or for two minutes. */
  read(): Promise<DeadLetter[]>;
  release(letters: readonly DeadLetter[]): Promise<void>;
  remove(letter: DeadLetter): Promise<void>;
  /** Puts a letter's payload into the queue that gave it up. */
  sendBack(letter: DeadLetter, queueArn: string): Promise<void>;
}

/** The dead-letter queues of a cloud. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
export function openDeadLetterQueues(cloud: Cloud): DeadLetterQueues {
  const stage = stageOf(cloud);
  const sqs = new SQSClient({ ...cloud.aws, useQueueUrlAsEndpoint: cloud.aws.endpoint === undefined });
  return {
    async read() {
      const urls = await Promise.all(queueNames.map((name) => urlOf(sqs, `dropforge-${stage}-${name}`)));
      const letters = (await Promise.all(urls.map((url) => (url ? readAll(sqs, url) : [])))).flat();
      return letters.toSorted((a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id));
    },
    async release(letters) {
      for (const QueueUrl of new Set(letters.map(({ queueUrl }) => queueUrl))) {
        const held = letters.filter(({ queueUrl }) => queueUrl === QueueUrl);
        for (let start = 0; start < held.length; start += 10) {
          const Entries = held
            .slice(start, start + 10)
            .map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt, VisibilityTimeout: 0 }));
          await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
        }
      }
    },
    async remove({ queueUrl: QueueUrl, receipt: ReceiptHandle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    },
    async sendBack({ payload }, queueArn) {
      const QueueUrl = await urlOf(sqs, queueArn.split(':').at(-1) ?? '');
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: payload }));
    },
  };
}

/** The deployment's name; a bare address does not say it. */
export function stageOf({ stage, name }: Cloud): string {
  if (stage) return stage;
  throw new CliError(
    'usage',
    'STAGE_NEEDED',
    `${name} is an address only; its queues and functions are found by stage.`,
    {
      action: 'Use --stage NAME after "dropforge connect", with the name that was deployed.',
    },
  );
}

async function urlOf(sqs: SQSClient, QueueName: string): Promise<string | undefined> {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof Error && error.name === 'QueueDoesNotExist') return undefined;
    throw error;
  }
}

/** SQS has no way of only looking. An empty answer to a long poll, which asks all of its servers, is the end. */
async function readAll(sqs: SQSClient, QueueUrl: string): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  while (letters.size < mostLetters) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: heldSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    for (const message of Messages) letters.set(message.MessageId ?? '', toLetter(message, QueueUrl));
  }
  return [...letters.values()];
}

function toLetter(message: Message, queueUrl: string): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {}, MessageAttributes = {} } = message;
  const attributes = Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]);
  return readDeadLetter({
    queueUrl,
    messageId: MessageId,
    receipt: ReceiptHandle,
    body: Body,
    sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
    attributes: Object.fromEntries(attributes),
    sourceArn: Attributes.DeadLetterQueueSourceArn,
  });
}

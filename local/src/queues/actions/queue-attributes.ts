/** GetQueueAttributes, ListQueues and ListDeadLetterSourceQueues. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
import type { QueueDescription } from '../../serverless-file/description.ts';
import { SqsError } from '../sqs-error.ts';
import { type Input, type SqsContext, texts } from './input.ts';

export function getQueueAttributes(context: SqsContext, queue: QueueDescription, input: Input) {
  const names = texts(input, 'AttributeNames');
  const all = attributesOf(context, queue);
  const unknown = names.find((name) => name !== 'All' && !(name in all) && !optional.includes(name));
  if (unknown !== undefined) throw new SqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
}

/** Known to SQS, and absent from a queue that does not use them. */
const optional = ['RedrivePolicy', 'RedriveAllowPolicy', 'Policy', 'KmsMasterKeyId', 'FifoQueue'];

function attributesOf({ queues, clock }: SqsContext, { name, arn, settings }: QueueDescription) {
  const now = clock.now();
  queues.expire(name, now - settings.retentionSeconds * 1_000);
  const { visible, inFlight, delayed } = queues.counts(name, now);
  const { redrive } = settings;
  const policy = redrive && { deadLetterTargetArn: redrive.deadLetterArn, maxReceiveCount: redrive.maxReceiveCount };
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    DelaySeconds: String(settings.delaySeconds),
    MaximumMessageSize: String(settings.maximumMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    SqsManagedSseEnabled: 'true',
    ...(policy ? { RedrivePolicy: JSON.stringify(policy) } : {}),
  };
}

export function listQueues({ descriptions }: SqsContext, { QueueNamePrefix: prefix = '' }: Input) {
  const urls = descriptions.filter(({ name }) => name.startsWith(String(prefix))).map(({ url }) => url);
  return urls.length === 0 ? {} : { QueueUrls: urls };
}

export function listDeadLetterSourceQueues({ descriptions }: SqsContext, { arn }: QueueDescription) {
  return { queueUrls: sourcesOf(descriptions, arn).map(({ url }) => url) };
}

/** The queues that give up their messages to this one. */
export function sourcesOf(descriptions: readonly QueueDescription[], arn: string): QueueDescription[] {
  return descriptions.filter(({ settings }) => settings.redrive?.deadLetterArn === arn);
}

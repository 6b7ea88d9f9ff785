/** ReceiveMessage. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
import type { QueueDescription } from '../../serverless-file/description.ts';
import { type MessageAttributes, md5, md5OfAttributes, type QueueMessage } from '../message.ts';
import { receiveFrom, waitForMessages } from '../receive.ts';
import { type Input, integer, type SqsContext, texts } from './input.ts';

export async function receiveMessage(context: SqsContext, queue: QueueDescription, input: Input) {
  const { settings } = queue;
  const most = integer(input, 'MaxNumberOfMessages', { least: 1, most: 10, fallback: 1 });
  const hideSeconds = integer(input, 'VisibilityTimeout', {
    least: 0,
    most: 43_200,
    fallback: settings.visibilityTimeoutSeconds,
  });
  const waitSeconds = integer(input, 'WaitTimeSeconds', { least: 0, most: 20, fallback: settings.receiveWaitSeconds });
  const deadline = context.clock.now() + waitSeconds * 1_000;
  for (;;) {
    const messages = receiveFrom(context, queue, most, hideSeconds * 1_000);
    // Nothing to receive is no member at all, not an empty list.
    if (messages.length > 0) return { Messages: messages.map((message) => toMessage(message, input)) };
    if (context.clock.now() >= deadline) return {};
    await waitForMessages(context, queue, deadline, context.closing);
    if (context.closing.aborted) return {};
  }
}

/** Attributes come only if they were asked for. */
function toMessage(message: QueueMessage, input: Input) {
  const wantedSystem = [...texts(input, 'AttributeNames'), ...texts(input, 'MessageSystemAttributeNames')];
  const system = Object.entries(systemAttributes(message)).filter(
    ([name]) => wantedSystem.includes('All') || wantedSystem.includes(name),
  );
  const attributes = wanted(message.typedAttributes, texts(input, 'MessageAttributeNames'));
  const attributesDigest = md5OfAttributes(attributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(attributesDigest ? { MessageAttributes: attributes, MD5OfMessageAttributes: attributesDigest } : {}),
  };
}

/** What SQS itself knows of a message. */
export function systemAttributes(message: QueueMessage): Record<string, string> {
  return {
    SenderId: '000000000000',
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? ''),
    ...(message.sourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.sourceArn }),
  };
}

/** Names, prefixes (`error.*`), or all of them (`All`, `.*`). */
function wanted(attributes: MessageAttributes, names: string[]): MessageAttributes {
  const matches = (attribute: string) =>
    names.some(
      (name) =>
        name === 'All' || name === attribute || (name.endsWith('.*') && attribute.startsWith(name.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => matches(name)));
}

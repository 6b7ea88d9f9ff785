/** SendMessage and SendMessageBatch. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
import type { QueueDescription } from '../../serverless-file/description.ts';
import { type MessageAttribute, type MessageAttributes, md5, md5OfAttributes, messageBytes } from '../message.ts';
import { invalidParameter, SqsError, sqsError } from '../sqs-error.ts';
import { eachEntry, entriesOf, type Input, integer, record, type SqsContext, text } from './input.ts';

/** For a message, and for all of a batch together. */
const largestBytes = 1_048_576;
const mostAttributes = 10;

export function sendMessage(context: SqsContext, queue: QueueDescription, input: Input) {
  const { settings } = queue;
  const body = text(input, 'MessageBody');
  const attributes = readAttributes(input.MessageAttributes);
  // https://www.w3.org/TR/REC-xml/#charsets
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(body)) {
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are those of XML.',
    );
  }
  if (messageBytes(body, attributes) > settings.maximumMessageBytes) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${settings.maximumMessageBytes} bytes.`,
    );
  }
  const delaySeconds = integer(input, 'DelaySeconds', { least: 0, most: 900, fallback: settings.delaySeconds });
  const sent = { body, attributes, sentAt: context.clock.now(), delayMilliseconds: delaySeconds * 1_000 };
  const attributesDigest = md5OfAttributes(attributes);
  return {
    MessageId: context.queues.sendMessage(queue.name, sent),
    MD5OfMessageBody: md5(body),
    ...(attributesDigest ? { MD5OfMessageAttributes: attributesDigest } : {}),
  };
}

export function sendMessageBatch(context: SqsContext, queue: QueueDescription, input: Input) {
  const sizes = entriesOf(input).map(({ MessageBody, MessageAttributes }) =>
    messageBytes(String(MessageBody ?? ''), readAttributes(MessageAttributes)),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > largestBytes) {
    const message = `Batch requests cannot be longer than ${largestBytes} bytes. You have sent ${bytes} bytes.`;
    throw sqsError('BatchRequestTooLong', message);
  }
  return eachEntry(input, (entry) => sendMessage(context, queue, entry));
}

function readAttributes(value: unknown): MessageAttributes {
  const entries = Object.entries(record(value));
  if (entries.length > mostAttributes) {
    throw invalidParameter(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [${mostAttributes}].`,
    );
  }
  return Object.fromEntries(entries.map(([name, given]) => [name, readAttribute(name, record(given))]));
}

function readAttribute(name: string, { DataType, StringValue, BinaryValue }: Input): MessageAttribute {
  const type = String(DataType ?? '');
  if (!/^(String|Number|Binary)(\..+)?$/.test(type)) {
    throw invalidParameter(`The message attribute '${name}' has an invalid message attribute type '${type}'.`);
  }
  const value = type.startsWith('Binary') ? BinaryValue : StringValue;
  if (typeof value !== 'string' || value === '') {
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of its type.`);
  }
  return type.startsWith('Binary') ? { DataType: type, BinaryValue: value } : { DataType: type, StringValue: value };
}

/** The event of a batch of messages. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
import type { SQSEvent, SQSMessageAttributes } from 'aws-lambda';
import { systemAttributes } from './actions/receive-message.ts';
import { type MessageAttributes, md5, md5OfAttributes, type QueueMessage } from './message.ts';

export function batchEvent(batch: readonly QueueMessage[], queueArn: string, region: string): SQSEvent {
  return {
    Records: batch.map((message) => {
      const attributesDigest = md5OfAttributes(message.typedAttributes);
      return {
        messageId: message.messageId,
        receiptHandle: message.receipt ?? '',
        body: message.body,
        attributes: systemAttributes(message) as unknown as SQSEvent['Records'][number]['attributes'], // it has all of them
        messageAttributes: toAttributes(message.typedAttributes),
        md5OfBody: md5(message.body),
        ...(attributesDigest ? { md5OfMessageAttributes: attributesDigest } : {}),
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: region,
      };
    }),
  };
}

/** Lambda spells the members with a small letter and adds the two lists that SQS never uses. */
function toAttributes(attributes: MessageAttributes): SQSMessageAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}

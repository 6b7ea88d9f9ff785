/** A queue of the stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sqs-queue.html */
import type { QueueDescription, QueueSettings } from './description.ts';
import type { Entry } from './resources.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asInteger, asRecord, asText } from './values.ts';

export function readQueue({ logicalId, properties, place, reference }: Entry): QueueDescription {
  const { Arn: arn = '', QueueName: name = '' } = reference.attributes;
  if (properties.FifoQueue !== undefined) {
    throw new ServerlessFileError('VALUE_INVALID', `${place}.FifoQueue`, 'only standard queues are started locally');
  }
  return { logicalId, name, arn, url: reference.ref, settings: readSettings(properties, place) };
}

/** SQS's own bounds and defaults. */
function readSettings(properties: Record<string, unknown>, place: string): QueueSettings {
  const integer = (name: string, least: number, most: number, fallback: number) =>
    asInteger(properties[name], `${place}.${name}`, { least, most, fallback });
  return {
    delaySeconds: integer('DelaySeconds', 0, 900, 0),
    visibilityTimeoutSeconds: integer('VisibilityTimeout', 0, 43_200, 30),
    retentionSeconds: integer('MessageRetentionPeriod', 60, 1_209_600, 345_600),
    receiveWaitSeconds: integer('ReceiveMessageWaitTimeSeconds', 0, 20, 0),
    maximumMessageBytes: integer('MaximumMessageSize', 1_024, 1_048_576, 1_048_576),
    redrive: readRedrive(properties.RedrivePolicy, `${place}.RedrivePolicy`),
  };
}

function readRedrive(value: unknown, place: string): QueueSettings['redrive'] {
  if (value === undefined) return undefined;
  const policy = asRecord(value, place);
  const maxReceiveCount = asInteger(Number(policy.maxReceiveCount), `${place}.maxReceiveCount`, {
    least: 1,
    most: 1_000,
    fallback: 10,
  });
  return { deadLetterArn: asText(policy.deadLetterTargetArn, `${place}.deadLetterTargetArn`), maxReceiveCount };
}

/** @throws ServerlessFileError for a dead-letter queue that is not there; SQS refuses such a queue. */
export function checkedQueues(queues: QueueDescription[]): QueueDescription[] {
  const arns = new Set(queues.map(({ arn }) => arn));
  for (const { logicalId, settings } of queues) {
    const { deadLetterArn } = settings.redrive ?? {};
    if (deadLetterArn !== undefined && !arns.has(deadLetterArn)) {
      const place = `resources.${logicalId}.RedrivePolicy`;
      throw new ServerlessFileError('VALUE_INVALID', place, `there is no queue ${deadLetterArn}`);
    }
  }
  return queues;
}

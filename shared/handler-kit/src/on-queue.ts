import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from './observability.ts';
import { once, wrap } from './wrap.ts';

/** One message of a queue. */
export interface QueueMessage {
  readonly body: string;
  /** 1 for the first time. */
  readonly receiveCount: number;
  /** What the queue knows this delivery by. */
  readonly receiptHandle: string;
}

/** `again`: the queue gives the message once more when its visibility timeout ends. */
export type QueueStep<Ports> = (message: QueueMessage, ports: Ports) => Promise<'done' | 'again'>;

/**
 * A Lambda handler for the messages of an SQS queue whose mapping reports item failures. A message whose step throws
 * comes again, and in the end lies among the dead letters. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function onQueue<Ports>(step: QueueStep<Ports>, createPorts: () => Ports) {
  const ports = once(createPorts);
  return wrap(async (event: SQSEvent) => runQueueStep(event, step, ports()));
}

/** What `onQueue` does with a batch; tests call it with ports of their own. The messages of a batch are handled at once. */
export async function runQueueStep<Ports>(
  { Records }: SQSEvent,
  step: QueueStep<Ports>,
  ports: Ports,
): Promise<SQSBatchResponse> {
  const outcomes = await Promise.all(
    Records.map(async ({ messageId, body, receiptHandle, attributes }) => {
      const message = { body, receiptHandle, receiveCount: Number(attributes.ApproximateReceiveCount) };
      const outcome = await step(message, ports).catch((error: unknown) => {
        logger.error('MESSAGE_FAILED: the step threw; the message comes again', { messageId, error });
        return 'again' as const;
      });
      return { messageId, outcome };
    }),
  );
  const again = outcomes.filter(({ outcome }) => outcome === 'again');
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

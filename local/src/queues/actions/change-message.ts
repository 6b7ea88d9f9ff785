/** DeleteMessage, ChangeMessageVisibility and their batches: what a receiver may do with its receipt. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
import type { QueueDescription } from '../../serverless-file/description.ts';
import { invalidParameter, missingParameter, sqsError } from '../sqs-error.ts';
import { type Input, integer, receiptHandle, type SqsContext } from './input.ts';

/** From the first receive on, no message stays hidden longer. */
const longestHiddenSeconds = 43_200;

/** With the receipt of an earlier receive nothing is deleted, and nothing is said. */
export function deleteMessage({ queues }: SqsContext, { name }: QueueDescription, input: Input): object {
  const message = queues.byReceipt(name, receiptHandle(input));
  if (message) queues.remove(name, message.messageId);
  return {};
}

export function changeMessageVisibility(
  { queues, clock }: SqsContext,
  { name }: QueueDescription,
  input: Input,
): object {
  if (input.VisibilityTimeout === undefined) throw missingParameter('VisibilityTimeout');
  const seconds = integer(input, 'VisibilityTimeout', { least: 0, most: longestHiddenSeconds, fallback: 0 });
  const message = queues.byReceipt(name, receiptHandle(input));
  const now = clock.now();
  if (!message) {
    throw invalidParameter('Message does not exist or is not available for visibility timeout change.');
  }
  if (message.visibleAt <= now) throw sqsError('MessageNotInflight', 'The message referred to is not in flight.');
  if (now + seconds * 1_000 > (message.firstReceivedAt ?? now) + longestHiddenSeconds * 1_000) {
    throw invalidParameter(
      `Total VisibilityTimeout for the message is beyond the limit [${longestHiddenSeconds} seconds]`,
    );
  }
  queues.hideUntil(name, message.messageId, now + seconds * 1_000);
  return {};
}

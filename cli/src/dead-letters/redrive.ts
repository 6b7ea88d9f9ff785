import type { Lambda } from '../aws/lambda.ts';
import { CliError } from '../cli-error.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { DeadLetterQueues } from './queues.ts';

/**
 * Sends a dead letter to the function that was to take it, by the same kind of invocation that EventBridge makes, and
 * takes it out of the queue only when Lambda has it. A crash in between sends it twice, which every step allows; if
 * the function fails again, Lambda leaves a new letter.
 *
 * Not by PutEvents, which takes no event of an AWS service and would tell every other consumer as well, nor by
 * StartMessageMoveTask, which moves only what SQS itself has moved.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export async function redrive(letter: DeadLetter, lambda: Lambda, queues: DeadLetterQueues): Promise<void> {
  const { destination } = letter;
  if (!destination) {
    throw new CliError('conflict', 'DESTINATION_UNKNOWN', `Nothing says where ${letter.id} is to be sent.`, {
      action: `Look at it (dropforge dead-letters show ${letter.id}), then drop it.`,
    });
  }
  if (destination.kind === 'function') await lambda.invokeLater(destination.name, letter.payload);
  else await queues.sendBack(letter, destination.arn);
  await queues.remove(letter);
}

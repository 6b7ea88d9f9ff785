/** SQS over the stack's standard queues, in its JSON protocol. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import { jsonService } from '../aws-endpoint/json-protocol.ts';
import type { QueueDescription } from '../serverless-file/description.ts';
import { changeMessageVisibility, deleteMessage } from './actions/change-message.ts';
import { eachEntry, type Input, type SqsContext } from './actions/input.ts';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './actions/message-move-tasks.ts';
import { getQueueAttributes, listDeadLetterSourceQueues, listQueues } from './actions/queue-attributes.ts';
import { receiveMessage } from './actions/receive-message.ts';
import { sendMessage, sendMessageBatch } from './actions/send-message.ts';
import type { MoveTasks } from './move-tasks.ts';
import { queueDoesNotExist } from './sqs-error.ts';

export interface SqsOptions extends SqsContext {
  readonly moveTasks: MoveTasks;
}

/** There is no PurgeQueue: nothing of ours empties a queue blindly. */
export function createSqs(options: SqsOptions): ServiceHandler {
  const { moveTasks: tasks } = options;
  const find = (input: Input): QueueDescription => {
    // Clients may know this machine by another name or, after a restart, by another port.
    const path = String(input.QueueUrl ?? '').replace(/^https?:\/\/[^/]+/, '');
    const queue = options.descriptions.find(
      ({ name, url }) => name === input.QueueName || (path && url.endsWith(path)),
    );
    if (queue !== undefined) return queue;
    throw queueDoesNotExist();
  };
  const onQueue =
    <Output>(action: (context: SqsContext, queue: QueueDescription, input: Input) => Output) =>
    (input: Input) =>
      action(options, find(input), input);
  const batchOf = (action: (context: SqsContext, queue: QueueDescription, input: Input) => object) =>
    onQueue((context, queue, input) => eachEntry(input, (entry) => action(context, queue, entry)));
  return jsonService({
    ListQueues: (input) => listQueues(options, input),
    GetQueueUrl: (input) => ({ QueueUrl: find(input).url }),
    GetQueueAttributes: onQueue(getQueueAttributes),
    ListDeadLetterSourceQueues: onQueue(listDeadLetterSourceQueues),
    SendMessage: onQueue(sendMessage),
    SendMessageBatch: onQueue(sendMessageBatch),
    ReceiveMessage: onQueue(receiveMessage),
    DeleteMessage: onQueue(deleteMessage),
    DeleteMessageBatch: batchOf(deleteMessage),
    ChangeMessageVisibility: onQueue(changeMessageVisibility),
    ChangeMessageVisibilityBatch: batchOf(changeMessageVisibility),
    StartMessageMoveTask: (input) => startMessageMoveTask(options, tasks, input),
    ListMessageMoveTasks: (input) => listMessageMoveTasks(options, tasks, input),
    CancelMessageMoveTask: (input) => cancelMessageMoveTask(tasks, input),
  });
}

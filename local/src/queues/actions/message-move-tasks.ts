/** StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask: from a dead-letter queue back to where it came from. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
import type { MoveTask, MoveTasks } from '../move-tasks.ts';
import { invalidParameter, SqsError, sqsError } from '../sqs-error.ts';
import { type Input, integer, type SqsContext, text } from './input.ts';
import { sourcesOf } from './queue-attributes.ts';

export function startMessageMoveTask({ descriptions }: SqsContext, tasks: MoveTasks, input: Input) {
  const sourceArn = queueArn(descriptions, input, 'SourceArn');
  const destinationArn =
    input.DestinationArn === undefined ? undefined : queueArn(descriptions, input, 'DestinationArn');
  // A queue that only EventBridge or Lambda give up to is none: its messages go back by another way.
  if (sourcesOf(descriptions, sourceArn).length === 0) {
    throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
  }
  if (tasks.list(sourceArn).some(({ status }) => status === 'RUNNING')) {
    const message = 'There is already a task running. Only one active task is allowed for a source queue arn.';
    throw sqsError('UnsupportedOperation', message);
  }
  const bounds = { least: 1, most: 500, fallback: 500 };
  const rate = integer(input, 'MaxNumberOfMessagesPerSecond', bounds);
  const given = input.MaxNumberOfMessagesPerSecond === undefined ? undefined : rate;
  return { TaskHandle: tasks.start({ sourceArn, destinationArn, perSecond: given }) };
}

export function listMessageMoveTasks({ descriptions }: SqsContext, tasks: MoveTasks, input: Input) {
  const most = integer(input, 'MaxResults', { least: 1, most: 10, fallback: 1 });
  const found = tasks.list(queueArn(descriptions, input, 'SourceArn')).slice(0, most);
  return { Results: found.map(toResult) };
}

export function cancelMessageMoveTask(tasks: MoveTasks, input: Input) {
  const moved = tasks.cancel(text(input, 'TaskHandle'));
  if (moved === undefined) throw notFound('Task does not exist or is not running.');
  return { ApproximateNumberOfMessagesMoved: moved };
}

function queueArn(descriptions: SqsContext['descriptions'], input: Input, name: string): string {
  const arn = text(input, name);
  if (descriptions.some((queue) => queue.arn === arn)) return arn;
  throw notFound(`The resource that you specified for the ${name} parameter doesn't exist.`);
}

function notFound(message: string): SqsError {
  return new SqsError('ResourceNotFoundException', message, { status: 404 });
}

function toResult(task: MoveTask) {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn === undefined ? {} : { DestinationArn: task.destinationArn }),
    ...(task.perSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: task.perSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure === undefined ? {} : { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  };
}

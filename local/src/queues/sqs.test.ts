import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueDescription } from '../testing/queue-description.ts';
import { startTestQueues } from '../testing/start-queues.ts';

const dead = queueDescription('dead');
const work = queueDescription('work', {
  visibilityTimeoutSeconds: 60,
  redrive: { deadLetterArn: dead.arn, maxReceiveCount: 2 },
});

let sqs: Awaited<ReturnType<typeof startTestQueues>>;

beforeEach(async () => {
  sqs = await startTestQueues({ queues: [dead, work] });
});
afterEach(() => sqs.stop());

const send = (MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: work.url, MessageBody, ...more }));
const receive = async (more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> =>
  (await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: work.url, ...more }))).Messages ?? [];
const bodies = async (more: Partial<ReceiveMessageCommandInput> = {}) =>
  (await receive({ MaxNumberOfMessages: 10, ...more })).map(({ Body }) => Body);
const attributes = async (QueueUrl = work.url) =>
  (await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};

describe('a message', () => {
  it('keeps its attributes and tells those that were asked for, with their digest', async () => {
    const QueueUrl = dead.url;
    const { MD5OfMessageAttributes } = await send('body', {
      QueueUrl,
      MessageAttributes: {
        colour: { DataType: 'String', StringValue: 'blue' },
        data: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
      },
    });
    const [message] = await receive({ QueueUrl, MessageAttributeNames: ['All'], VisibilityTimeout: 0 });
    expect(message).toMatchObject({ MD5OfMessageAttributes, MessageAttributes: { colour: { StringValue: 'blue' } } });
    expect([...(message?.MessageAttributes?.data?.BinaryValue ?? [])]).toEqual([0, 255]);
    const [bare] = await receive({ QueueUrl, VisibilityTimeout: 0 });
    expect(bare).not.toHaveProperty('MessageAttributes');
    const [prefixed] = await receive({ QueueUrl, MessageAttributeNames: ['col.*'] });
    expect(Object.keys(prefixed?.MessageAttributes ?? {})).toEqual(['colour']);
  });

  it('has the attribute digest that SQS documents', async () => {
    const { MD5OfMessageAttributes } = await send('x', {
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    });
    // A known answer, which several clients' own tests carry.
    expect(MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  it('is visible after its delay, and after the time that a receiver gave it', async () => {
    await send('late', { DelaySeconds: 5 });
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    expect(await bodies()).toEqual([]);
    sqs.clock.advance(5_000);
    expect(await bodies()).toEqual(['late']);
    expect(await attributes()).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    sqs.clock.advance(60_000);
    expect(await bodies()).toEqual(['late']);
  });

  it('comes again at once when its receiver gives it back, and later when the receiver asks for time', async () => {
    await send('one');
    const change = (message: Message | undefined, VisibilityTimeout: number) =>
      sqs.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: work.url,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );
    const [first] = await receive();
    await change(first, 0);
    const [second] = await receive();
    expect(second?.MessageId).toBe(first?.MessageId);
    await change(second, 600);
    sqs.clock.advance(599_000);
    await expect(change(second, 43_200)).rejects.toThrow(/beyond the limit/);
    sqs.clock.advance(1_000);
    await expect(change(second, 10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  });

  it('is not deleted with an outdated receipt, and never with what is none', async () => {
    await send('one');
    const [first] = await receive({ VisibilityTimeout: 0 });
    await receive({ VisibilityTimeout: 0 });
    await sqs.client.send(new DeleteMessageCommand({ QueueUrl: work.url, ReceiptHandle: first?.ReceiptHandle }));
    expect(sqs.queues.count('work')).toBe(1);
    const wrong = sqs.client.send(new DeleteMessageCommand({ QueueUrl: work.url, ReceiptHandle: 'made up' }));
    await expect(wrong).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  it('is waited for, and nobody waits longer than was asked', async () => {
    const waiting = bodies({ WaitTimeSeconds: 20 });
    await expect.poll(() => sqs.clock.untilNext).toBe(20_000);
    await send('news');
    expect(await waiting).toEqual(['news']);
    const inVain = bodies({ WaitTimeSeconds: 10 });
    await expect.poll(() => sqs.clock.untilNext).toBe(10_000);
    sqs.clock.advance(10_000);
    expect(await inVain).toEqual([]);
  });

  it('stays, received or not, over a restart, and goes when it is too old', async () => {
    await send('kept');
    await send('in flight');
    await receive();
    sqs.restart();
    expect(await bodies()).toEqual(['in flight']);
    sqs.clock.advance(345_600_000 + 1);
    expect(await attributes()).toMatchObject({ ApproximateNumberOfMessages: '0' });
  });
});

describe('a message that nobody can take', () => {
  it('goes to the dead-letter queue after its last receive, with its age and its attributes', async () => {
    await send('poison', { MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } });
    const sentAt = String(sqs.clock.now());
    for (let count = 0; count < 2; count++) {
      expect(await bodies()).toEqual(['poison']);
      sqs.clock.advance(60_000);
    }
    expect(await bodies()).toEqual([]);
    const [letter] = await receive({ QueueUrl: dead.url, AttributeNames: ['All'], MessageAttributeNames: ['All'] });
    expect(letter).toMatchObject({
      Body: 'poison',
      Attributes: { SentTimestamp: sentAt, ApproximateReceiveCount: '3', DeadLetterQueueSourceArn: work.arn },
      MessageAttributes: { a: { StringValue: 'b' } },
    });
  });

  it('goes back to its queue by a move task, as a new message', async () => {
    sqs.queues.send('work', 'poison', {}, sqs.clock.now());
    for (let count = 0; count < 3; count++) {
      await receive();
      sqs.clock.advance(60_000);
    }
    const { queueUrls } = await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.url }));
    expect(queueUrls).toEqual([work.url]);
    await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    const tasks = await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }));
    expect(tasks.Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
    const [again] = await receive({ AttributeNames: ['All'] });
    expect(again?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SentTimestamp: String(sqs.clock.now()),
    });
  });

  it('is moved no faster than asked, over a restart too, until somebody calls the task off', async () => {
    for (let count = 0; count < 5; count++) sqs.queues.send('dead', `letter ${count}`, {}, sqs.clock.now());
    const start = new StartMessageMoveTaskCommand({
      SourceArn: dead.arn,
      DestinationArn: work.arn,
      MaxNumberOfMessagesPerSecond: 2,
    });
    const { TaskHandle } = await sqs.client.send(start);
    expect(sqs.queues.count('work')).toBe(2);
    await expect(sqs.client.send(start)).rejects.toThrow(/already a task running/);
    sqs.restart();
    sqs.clock.advance(0);
    expect(sqs.queues.count('work')).toBe(4);
    const cancelled = await sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(4);
    sqs.clock.advance(1_000);
    expect(sqs.queues.count('dead')).toBe(1);
  });

  it('stays where it is if EventBridge or Lambda put it there: SQS does not know where it came from', async () => {
    const own = await startTestQueues({ queues: [dead] });
    const task = own.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    await expect(task).rejects.toThrow(/must be configured as a Dead Letter Queue/);
    await own.stop();
    sqs.queues.send('dead', 'from a rule', {}, sqs.clock.now());
    await sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    const tasks = await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }));
    expect(tasks.Results).toMatchObject([{ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' }]);
    expect(sqs.queues.count('dead')).toBe(1);
  });
});

describe('a batch', () => {
  it('does what it can and says for each entry what it could not', async () => {
    const sent = await sqs.client.send(
      new SendMessageBatchCommand({
        QueueUrl: work.url,
        Entries: [
          { Id: 'a', MessageBody: 'one' },
          { Id: 'b', MessageBody: '\u0000' },
        ],
      }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(sent.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }]);
    const [message] = await receive();
    const entry = { Id: 'x', ReceiptHandle: message?.ReceiptHandle };
    const Entries = [{ ...entry, VisibilityTimeout: 100 }];
    const changed = await sqs.client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: work.url, Entries }));
    expect(changed.Successful).toEqual([{ Id: 'x' }]);
    await sqs.client.send(new DeleteMessageBatchCommand({ QueueUrl: work.url, Entries: [entry] }));
    expect(sqs.queues.count('work')).toBe(0);
  });

  const entry = (Id: string, MessageBody = 'x') => ({ Id, MessageBody });
  it.each([
    ['nothing', 'EmptyBatchRequest', []],
    ['eleven', 'TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, index) => entry(`${index}`))],
    ['two with one id', 'BatchEntryIdsNotDistinct', [entry('a'), entry('a')]],
    ['an id with a space', 'InvalidBatchEntryId', [entry('a b')]],
    ['too much together', 'BatchRequestTooLong', ['a', 'b'].map((id) => entry(id, 'x'.repeat(600_000)))],
  ])('of %s is refused with %s', async (_what, name, Entries) => {
    const sent = sqs.client.send(new SendMessageBatchCommand({ QueueUrl: work.url, Entries }));
    await expect(sent).rejects.toMatchObject({ name });
  });
});

it.each<[string, SendMessageCommandInput['MessageBody'], Partial<SendMessageCommandInput>, RegExp]>([
  ['without a body', '', {}, /must contain the parameter MessageBody/],
  ['of more than a MiB', 'x'.repeat(1_048_577), {}, /shorter than 1048576 bytes/],
  ['that waits too long', 'x', { DelaySeconds: 901 }, /DelaySeconds is invalid/],
  [
    'with an attribute of no type',
    'x',
    { MessageAttributes: { a: { DataType: 'Colour', StringValue: 'b' } } },
    /attribute type 'Colour'/,
  ],
])('a message %s is refused', async (_what, body = '', input, message) => {
  await expect(send(body, input)).rejects.toThrow(message);
});

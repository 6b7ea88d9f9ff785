import { expect, it } from 'vitest';
import { functionDescription } from '../testing/function-description.ts';
import { queueDescription } from '../testing/queue-description.ts';
import { queueTriggers, readQueueTrigger } from './queue-trigger.ts';

const queue = queueDescription('work', { visibilityTimeoutSeconds: 30 });
const reader = (queueArn: string, timeoutSeconds: number) =>
  functionDescription({ key: 'worker', timeoutSeconds, queues: [readQueueTrigger(queueArn, 'here')] });

it('pairs a function with the queue that it reads', () => {
  expect(queueTriggers([reader(queue.arn, 30)], [queue])).toMatchObject([{ owner: { key: 'worker' }, queue }]);
});

it('refuses a queue that is not there, and one that shows messages again while the function may still run', () => {
  expect(() => queueTriggers([reader('arn:aws:sqs:x', 3)], [queue])).toThrow(/there is no queue arn:aws:sqs:x/);
  expect(() => queueTriggers([reader(queue.arn, 31)], [queue])).toThrow(
    'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
  );
});

it('refuses an event pattern that Lambda would refuse', () => {
  const settings = { arn: queue.arn, filterPatterns: [{ body: 'not in a list' }] };
  expect(() => readQueueTrigger(settings, 'here')).toThrow(/array/);
});

import type { SQSEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import { runQueueStep } from './on-queue.ts';

const batch = (...bodies: string[]) =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body,
      attributes: { ApproximateReceiveCount: '3' },
    })),
  }) as unknown as SQSEvent; // as much of it as the kit reads

it('names the messages that are to come again, and only those', async () => {
  const seen: unknown[] = [];
  const answer = await runQueueStep(
    batch('good', 'late', 'bad', 'fine'),
    async (message, ports) => {
      seen.push({ ...message, ports });
      if (message.body === 'bad') throw new Error('broken');
      return message.body === 'late' ? 'again' : 'done';
    },
    'ports',
  );
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }] });
  expect(seen[0]).toEqual({ body: 'good', receiveCount: 3, receiptHandle: 'r0', ports: 'ports' });
});

/**
 * What SQS does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
 */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: SQSClient;
  /** An empty queue of the suite's own. */
  newQueue(): Promise<{ name: string; url: string; arn: string }>;
  dispose(): Promise<void>;
}

export function describeSqsContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps SQS's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    const send = (QueueUrl: string, MessageBody: string) =>
      target.client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    const receive = async (QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}) =>
      (await target.client.send(new ReceiveMessageCommand({ QueueUrl, ...input }))).Messages ?? [];
    /** Asks until there is something: a short look at AWS's queues may miss what is there. */
    const waitFor = (QueueUrl: string, input: Partial<ReceiveMessageCommandInput> = {}) =>
      receive(QueueUrl, { WaitTimeSeconds: 5, ...input });
    const attributes = async (QueueUrl: string) => {
      const AttributeNames = ['QueueArn', 'ApproximateNumberOfMessages'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      return (await target.client.send(command)).Attributes;
    };

    it('finds a queue by its name and tells its ARN', async () => {
      const { name: own, url, arn } = await target.newQueue();
      expect((await target.client.send(new GetQueueUrlCommand({ QueueName: own }))).QueueUrl).toBe(url);
      expect((await target.client.send(new ListQueuesCommand({ QueueNamePrefix: own }))).QueueUrls).toEqual([url]);
      expect(await attributes(url)).toEqual({ QueueArn: arn, ApproximateNumberOfMessages: '0' });
    });

    it('tells no attribute that nobody asked for', async () => {
      const { url } = await target.newQueue();
      const { Attributes } = await target.client.send(new GetQueueAttributesCommand({ QueueUrl: url }));
      expect(Attributes).toBeUndefined();
    });

    it('gives a message as it was sent, with its size and its first time', async () => {
      const { url } = await target.newQueue();
      const body = '{"detail":"ü 猫\\n"}';
      const { MessageId, MD5OfMessageBody } = await send(url, body);
      const [message] = await waitFor(url, { MessageSystemAttributeNames: ['All'] });
      expect(message).toMatchObject({ MessageId, Body: body, MD5OfBody: MD5OfMessageBody });
      expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(Date.parse('2026-01-01'));
    });

    it('hides a received message, and shows it again at once when told to', async () => {
      const { url } = await target.newQueue();
      await send(url, 'one');
      const [shown] = await waitFor(url, { VisibilityTimeout: 0 });
      const [hidden] = await waitFor(url, { VisibilityTimeout: 600 });
      expect(hidden?.MessageId).toBe(shown?.MessageId);
      expect(await receive(url)).toEqual([]);
    });

    it('forgets a message that was deleted, and deletes it a second time without a word', async () => {
      const { url } = await target.newQueue();
      await send(url, 'one');
      const [{ ReceiptHandle } = {}] = await waitFor(url, { VisibilityTimeout: 0 });
      const remove = () => target.client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      await remove();
      await remove();
      expect(await receive(url)).toEqual([]);
    });

    it('gives one message unless asked for more, and never more than ten', async () => {
      const { url } = await target.newQueue();
      for (let count = 0; count < 12; count++) await send(url, String(count));
      expect(await waitFor(url)).toHaveLength(1);
      expect((await receive(url, { MaxNumberOfMessages: 10 })).length).toBeLessThanOrEqual(10);
      for (const MaxNumberOfMessages of [0, 11]) {
        const refused = receive(url, { MaxNumberOfMessages });
        await expect(refused).rejects.toMatchObject({
          name: 'InvalidParameterValue',
          $metadata: { httpStatusCode: 400 },
        });
      }
    });

    it('knows no queue that nobody created', async () => {
      const { url } = await target.newQueue();
      const nowhere = `${url}-nowhere`;
      const missing = { name: 'QueueDoesNotExist', $metadata: { httpStatusCode: 400 } };
      await expect(
        target.client.send(new GetQueueUrlCommand({ QueueName: 'dropforge-nowhere' })),
      ).rejects.toMatchObject(missing);
      await expect(send(nowhere, 'x')).rejects.toMatchObject(missing);
      await expect(receive(nowhere)).rejects.toMatchObject(missing);
    });
  });
}

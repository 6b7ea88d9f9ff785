import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describeSqsContract } from '../../../local/src/queues/contract.ts';
import { name, newName, settings } from './target.ts';

describeSqsContract(name, async () => {
  const client = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const created: string[] = [];
  return {
    client,
    async newQueue() {
      const QueueName = newName();
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName }));
      created.push(QueueUrl);
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
      const { Attributes } = await client.send(command);
      return { name: QueueName, url: QueueUrl, arn: Attributes?.QueueArn ?? '' };
    },
    async dispose() {
      for (const QueueUrl of created) await client.send(new DeleteQueueCommand({ QueueUrl }));
      client.destroy();
    },
  };
});

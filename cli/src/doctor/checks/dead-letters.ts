import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Events that wait for a person. */
export const deadLetters: Check = {
  name: 'dead letters',
  async examine({ clients: { sqs }, prefix }) {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `${prefix}-dead-letters` }));
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    const count = AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    if (count === 0) return ok('none');
    return failed(`${count}`, 'dropforge dead-letters list');
  },
};

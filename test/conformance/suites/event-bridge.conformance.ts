import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type ContractTarget, describeEventBridgeContract } from '../../../local/src/bus/contract.ts';
import { isRemote, name, newName, settings } from './target.ts';

describeEventBridgeContract(name, async () => {
  const client = new EventBridgeClient(settings);
  const busName = newName();
  await client.send(new CreateEventBusCommand({ Name: busName }));
  const matcher = isRemote ? askAws(client) : await askByDelivery(client, busName);
  return {
    client,
    busName,
    matches: matcher.matches,
    async dispose() {
      await matcher.dispose();
      await client.send(new DeleteEventBusCommand({ Name: busName }));
      client.destroy();
    },
  };
});

type Matcher = Pick<ContractTarget, 'matches' | 'dispose'>;

function askAws(client: EventBridgeClient): Matcher {
  const envelope = { id: '1', account: '0', source: 's', time: '2026-01-01T00:00:00Z', region: 'r', resources: [] };
  return {
    async matches(pattern, event) {
      const whole = { ...envelope, 'detail-type': 't', ...event };
      const texts = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(whole) };
      return (await client.send(new TestEventPatternCommand(texts))).Result === true;
    },
    dispose: async () => undefined,
  };
}

/** moto cannot say whether a pattern matches, but it delivers: what the rule let through lies in a queue. */
async function askByDelivery(client: EventBridgeClient, EventBusName: string): Promise<Matcher> {
  const sqs = new SQSClient(settings);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: newName() }));
  const attributes = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const Arn = (await sqs.send(attributes)).Attributes?.QueueArn;
  const rule = { EventBusName, Rule: 'matches' };
  return {
    async matches(pattern, { source = 'test', 'detail-type': type = 'test', detail }: Record<string, unknown>) {
      await client.send(new PutRuleCommand({ EventBusName, Name: rule.Rule, EventPattern: JSON.stringify(pattern) }));
      await client.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: 'queue', Arn }] }));
      const entry = { EventBusName, Source: String(source), DetailType: String(type), Detail: JSON.stringify(detail) };
      await client.send(new PutEventsCommand({ Entries: [entry] }));
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
      await client.send(new RemoveTargetsCommand({ ...rule, Ids: ['queue'] }));
      await client.send(new DeleteRuleCommand({ EventBusName, Name: rule.Rule }));
      return Messages.length > 0;
    },
    async dispose() {
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      sqs.destroy();
    },
  };
}

/** What EventBridge tells about its buses and rules. https://docs.aws.amazon.com/eventbridge/latest/APIReference/ */
import { AwsError } from '../aws-endpoint/aws-error.ts';
import type { JsonAction } from '../aws-endpoint/json-protocol.ts';
import type { CloudDescription, RuleDescription } from '../serverless-file/description.ts';

type Described = Pick<CloudDescription, 'accountId' | 'region' | 'buses' | 'functions'>;

export function busActions(description: Described): Record<string, JsonAction> {
  const { accountId, region, buses, functions } = description;
  const nameOf = (name: unknown) => {
    const bus = name === undefined ? 'default' : String(name);
    if (bus === 'default' || buses.includes(bus)) return bus;
    throw new AwsError(400, 'ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  };
  return {
    DescribeEventBus({ Name }) {
      const name = nameOf(Name);
      return { Name: name, Arn: `arn:aws:events:${region}:${accountId}:event-bus/${name}` };
    },
    ListRules({ EventBusName, NamePrefix = '' }) {
      const bus = nameOf(EventBusName);
      const rules = functions.flatMap((one) => one.rules);
      const wanted = rules.filter((rule) => rule.bus === bus && rule.name.startsWith(String(NamePrefix)));
      return { Rules: wanted.map(toRule) };
    },
  };
}

function toRule({ name, arn, bus, pattern, enabled }: RuleDescription) {
  const State = enabled ? 'ENABLED' : 'DISABLED';
  return { Name: name, Arn: arn, EventBusName: bus, EventPattern: JSON.stringify(pattern), State };
}

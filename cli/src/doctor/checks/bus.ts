import { DescribeEventBusCommand, ListRulesCommand, type Rule } from '@aws-sdk/client-eventbridge';
import { failed, ok } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

/** The bus, and the rules on it and on the default one, where AWS's services speak. */
export const bus: Check = {
  name: 'bus',
  async examine({ clients: { eventBridge }, prefix }) {
    await eventBridge.send(new DescribeEventBusCommand({ Name: prefix }));
    const rules = [...(await rulesOf(eventBridge, prefix, prefix)), ...(await rulesOf(eventBridge, 'default', prefix))];
    if (rules.length === 0) return failed(`no rule begins with ${prefix}`, 'Deploy again: nothing would ever start.');
    const off = rules.filter(({ State }) => State === 'DISABLED').map(({ Name }) => Name);
    if (off.length === 0) return ok(`${prefix} with ${rules.length} rules, all enabled`);
    return failed(
      `disabled: ${off.join(', ')}`,
      'Enable them: aws events enable-rule --name NAME --event-bus-name BUS',
    );
  },
};

async function rulesOf(client: Patient['clients']['eventBridge'], EventBusName: string, NamePrefix: string) {
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(new ListRulesCommand({ EventBusName, NamePrefix, NextToken }));
    rules.push(...(answer.Rules ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  return rules;
}

import {
  type CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { failed, ok } from '../finding.ts';
import type { Check } from '../patient.ts';

const settled = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE'];

/** The CloudFormation stack: there, at rest, and every resource of it whole. */
export const stack: Check = {
  name: 'stack',
  service: 'CloudFormation',
  async examine({ clients: { cloudFormation }, prefix }) {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: prefix }));
    const { StackStatus = 'NONE', StackStatusReason } = Stacks[0] ?? {};
    const stage = prefix.slice('dropforge-'.length);
    if (!settled.includes(StackStatus)) {
      const reason = StackStatusReason ? ` (${StackStatusReason})` : '';
      return failed(`${prefix} is ${StackStatus}${reason}`, `Deploy again: npm run deploy -- --stage ${stage}`);
    }
    const resources = await resourcesOf(cloudFormation, prefix);
    const unfit = resources.filter(({ ResourceStatus = '' }) => !ResourceStatus.endsWith('_COMPLETE'));
    if (unfit.length === 0) return ok(`${prefix} with ${resources.length} resources, ${StackStatus}`);
    const names = unfit.map(({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`);
    return failed(`not whole: ${names.join(', ')}`, `Deploy again: npm run deploy -- --stage ${stage}`);
  },
};

async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName, NextToken }));
    resources.push(...(page.StackResourceSummaries ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return resources.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
}

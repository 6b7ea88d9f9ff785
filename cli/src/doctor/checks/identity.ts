import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ok } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Whose credentials these are, and in which account. */
export const identity: Check = {
  name: 'credentials',
  service: 'STS',
  async examine({ clients, cloud }) {
    const { Account, Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
    return ok(`account ${Account}, region ${cloud.region}, ${Arn}`);
  },
};

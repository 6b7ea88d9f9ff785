/** `REMOTE=1`: the contract suites against a real account, and only against the one that was named. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Step } from './checks.ts';
import { runOnAws } from './moto/contract-suites.ts';

const help = `REMOTE=1 creates resources in a real account, and needs to be told where:
  AWS_REGION                    the region
  DROPFORGE_REMOTE_ACCOUNT      the account's twelve digits; whoever the credentials belong to must be in it
  DROPFORGE_REMOTE_PREFIX       begins the name of everything that is created: lower case, digits and "-", at most 14
and, for SageMaker, whose jobs cost a few cents and cannot be removed (without these it is skipped):
  DROPFORGE_REMOTE_IMAGE_URI    an image whose program ends at once
  DROPFORGE_REMOTE_ROLE_ARN     the jobs' role
  DROPFORGE_REMOTE_OUTPUT       s3://bucket/prefix/ that the role may write`;

/** @throws Error that says what is missing, or that the credentials are of another account. */
export async function remoteSteps(
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<Step[]> {
  const { region, account, prefix } = readRemote(environment);
  const caller = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (caller.Account !== account) {
    throw new Error(`The credentials are of account ${caller.Account}, not of DROPFORGE_REMOTE_ACCOUNT ${account}.`);
  }
  print(`As ${caller.Arn} in ${region} this creates, and removes at its end, things called ${prefix}-…:
  buckets, tables, a bus, secrets, queues, things, thing groups, components, deployments to an empty group, and a key
  that AWS deletes a week later.
  If it is cut off, look for that name.`);
  const more = { AWS_REGION: region, DROPFORGE_REMOTE_PREFIX: prefix };
  return [{ name: 'the contract suites on AWS', run: () => runOnAws(more) }];
}

/** What the environment says, checked before anything asks AWS. */
export function readRemote(environment: Readonly<Record<string, string | undefined>>): {
  readonly region: string;
  readonly account: string;
  readonly prefix: string;
} {
  const {
    AWS_REGION: region = '',
    DROPFORGE_REMOTE_ACCOUNT: account = '',
    DROPFORGE_REMOTE_PREFIX: prefix = '',
  } = environment;
  const isGood = region !== '' && /^\d{12}$/.test(account) && /^[a-z0-9][a-z0-9-]{0,13}$/.test(prefix);
  if (!isGood) throw new Error(help);
  return { region, account, prefix };
}

/** Removes a stage but for what nobody could make again, and says what that is. */
import type { Account } from './account.ts';
import { DeployError } from './deploy-error.ts';
import { stackNameOf } from './deploy-stage.ts';
import type { Options } from './read-options.ts';

/** What removing needs of the world. */
export interface RemovePorts {
  readonly account: Account;
  runFramework(options: Options): Promise<void>;
  /** A person's word; undefined: nobody is at the terminal. */
  ask(question: string): Promise<string | undefined>;
  say(line: string): void;
}

/** @throws DeployError STACK_MISSING, DEVICES_ATTACHED, NOT_CONFIRMED or STACK_REMAINS */
export async function removeStage(options: Options, { account, runFramework, ask, say }: RemovePorts): Promise<void> {
  const { stage, region, yes } = options;
  const stackName = stackNameOf(stage);
  const { accountId } = await account.identity();
  const outputs = await account.outputs(stackName);
  if (outputs === undefined) {
    throw new DeployError(
      'STACK_MISSING',
      `There is no stack ${stackName} in account ${accountId}, ${region}.`,
      'Name the stage and the region that were deployed with --stage and --region.',
    );
  }
  await refuseAttachedDevices(account, outputs.DevicePolicyName, region);
  for (const line of whatStays(options, outputs)) say(line);
  if (!yes) await confirm(stage, ask);
  await runFramework(options);
  if ((await account.outputs(stackName)) !== undefined) {
    throw new DeployError(
      'STACK_REMAINS',
      `The stack ${stackName} is still there.`,
      `See why: aws cloudformation describe-stack-events --stack-name ${stackName} --region ${region}`,
    );
  }
  say(`\nRemoved stage ${stage} but for what is named above.`);
}

/** AWS keeps a policy that a certificate holds, and the stack would be left half removed. */
async function refuseAttachedDevices(account: Account, policyName: string | undefined, region: string): Promise<void> {
  if (!policyName) return;
  const holders = await account.policyHolders(policyName);
  if (holders.length === 0) return;
  const detach = (arn: string) =>
    `  aws iot detach-policy --region ${region} --policy-name ${policyName} --target ${arn}`;
  throw new DeployError(
    'DEVICES_ATTACHED',
    `${holders.length} certificates of devices still hold the policy ${policyName}.`,
    `Take it from them first:\n${holders.map(detach).join('\n')}`,
  );
}

function whatStays(
  { region }: Options,
  { BucketName, TableName, ModelSigningKeyArn }: Readonly<Record<string, string>>,
): string[] {
  return [
    'These stay, with all that is in them, until somebody deletes them:',
    `  bucket  ${BucketName}`,
    `          aws s3 rb s3://${BucketName} --force --region ${region}   (older versions first; see docs/deploy.md)`,
    `  table   ${TableName}`,
    `          aws dynamodb delete-table --table-name ${TableName} --region ${region}`,
    'These end later or belong to AWS:',
    `  key     ${ModelSigningKeyArn}   deleted 30 days from now; until then it can be taken back`,
    '  logs    /aws/sagemaker/TrainingJobs and /aws/sagemaker/ProcessingJobs, shared by the whole account',
    "  secrets Slack's and the webhooks' key: nobody can read them any more; Secrets Manager may keep them for 30 days",
    '  Greengrass components dropforge.model.* and dropforge.bitstream.*, and the deployments that delivered them',
    'Everything else goes, the job images among it.',
  ];
}

async function confirm(stage: string, ask: RemovePorts['ask']): Promise<void> {
  const answer = await ask(`\nType the name of the stage to remove it (${stage}): `);
  if (answer === stage) return;
  throw new DeployError(
    'NOT_CONFIRMED',
    answer === undefined ? 'Nobody is there to confirm it.' : `"${answer}" is not "${stage}". Nothing was removed.`,
    'Confirm at the terminal, or add --yes.',
  );
}

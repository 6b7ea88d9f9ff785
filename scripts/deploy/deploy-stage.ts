/** Deploys a stage and says what to do next. */
import type { PutObject } from '@dropforge/edge-agent';
import type { Account } from './account.ts';
import { DeployError } from './deploy-error.ts';
import { instancePrices } from './instance-prices.ts';
import type { Options } from './read-options.ts';

/** What deploying needs of the world. */
export interface DeployPorts {
  readonly account: Account;
  /** Packages and deploys the stack; throws if it could not. */
  runFramework(options: Options): Promise<void>;
  /** Bundles the device agent and puts it; gives its version. */
  publishAgent(put: PutObject): Promise<{ version: string }>;
  say(line: string): void;
}

/** @throws DeployError */
export async function deployStage(
  options: Options,
  { account, runFramework, publishAgent, say }: DeployPorts,
): Promise<void> {
  const { stage, region } = options;
  const { accountId, arn } = await account.identity();
  say(`Deploying stage ${stage} to account ${accountId}, ${region}, as ${arn}.`);
  const prices = await instancePrices(options, account, say);
  await runFramework({ ...options, parameters: { ...options.parameters, instancePrices: prices } });
  const stackName = stackNameOf(stage);
  const outputs = await account.outputs(stackName);
  const bucket = outputs?.BucketName;
  if (!outputs || !bucket) {
    throw new DeployError(
      'STACK_MISSING',
      `The stack ${stackName} has no outputs although it was deployed.`,
      `Look at it: aws cloudformation describe-stack-events --stack-name ${stackName} --region ${region}`,
    );
  }
  const { version } = await publishAgent((key, body, type) => account.putObject(bucket, key, body, type));
  say(`Uploaded the device agent ${version}.\n`);
  for (const line of summary(options, outputs)) say(line);
}

/** As serverless.yml names it. */
export const stackNameOf = (stage: string) => `dropforge-${stage}`;

function summary({ stage, region }: Options, outputs: Readonly<Record<string, string>>): string[] {
  const shown = Object.entries(outputs).filter(([name]) => !name.startsWith('ServerlessDeployment'));
  const width = Math.max(...shown.map(([name]) => name.length));
  return [
    ...shown.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'Next:',
    `  npm run images -- --stage ${stage} --region ${region}   builds the two job images in the account (once, and after changes in jobs/)`,
    `  aws secretsmanager put-secret-value --region ${region} --secret-id ${outputs.SlackSecretArn} --secret-string file://slack.json`,
    `  aws s3 cp flowers.zip s3://${outputs.BucketName}/drops/flowers/first/flowers.zip --region ${region}`,
    '  docs/deploy.md has the rest: Slack, devices, who may call the API, what it costs.',
  ];
}

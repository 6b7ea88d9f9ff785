/** The AWS account that a deployment goes to, as far as the scripts ask it anything. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ConflictException, CreateComponentVersionCommand, GreengrassV2Client } from '@aws-sdk/client-greengrassv2';
import { IoTClient, ListTargetsForPolicyCommand } from '@aws-sdk/client-iot';
import { PricingClient } from '@aws-sdk/client-pricing';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DeployError } from './deploy-error.ts';
import { explainAwsError } from './explain-aws-error.ts';
import { PRICE_LIST_REGION, regionPrices } from './region-prices.ts';

export interface Account {
  /** Who asks, as an ARN, and whose account it is. */
  identity(): Promise<{ accountId: string; arn: string }>;
  /** The stack's outputs; undefined: there is no such stack. */
  outputs(stackName: string): Promise<Record<string, string> | undefined>;
  putObject(bucket: string, key: string, body: string | Buffer, contentType: string): Promise<void>;
  /** Gives the ARN of the new component version. A version that is there already is COMPONENT_EXISTS. */
  createComponent(recipe: object): Promise<string>;
  /** ARNs of the certificates that hold an IoT policy. */
  policyHolders(policyName: string): Promise<string[]>;
  /** US dollars for an hour of training in this region, by machine type, as AWS's Price List has them today. */
  trainingPrices(): Promise<Record<string, number>>;
}

/** Every method throws DeployError for what a person can put right: credentials, region, permissions. */
export function createAccount(region: string): Account {
  const settings = { region, maxAttempts: 3 };
  const asked = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (error) {
      throw explainAwsError(error, region);
    }
  };
  return {
    identity: () =>
      asked(async () => {
        const { Account: accountId = '', Arn: arn = '' } = await new STSClient(settings).send(
          new GetCallerIdentityCommand({}),
        );
        return { accountId, arn };
      }),
    outputs: (StackName) => asked(() => stackOutputs(new CloudFormationClient(settings), StackName)),
    putObject: (Bucket, Key, Body, ContentType) =>
      asked(async () => {
        await new S3Client(settings).send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
      }),
    createComponent: (recipe) => asked(() => createComponent(new GreengrassV2Client(settings), recipe)),
    policyHolders: (policyName) => asked(() => listHolders(new IoTClient(settings), policyName)),
    trainingPrices: () =>
      asked(() => regionPrices(new PricingClient({ ...settings, region: PRICE_LIST_REGION }), region)),
  };
}

async function stackOutputs(client: CloudFormationClient, StackName: string) {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const outputs = (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
    return stack && Object.fromEntries(outputs);
  } catch (error) {
    // CloudFormation has no error of its own for this one. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

async function createComponent(client: GreengrassV2Client, recipe: object): Promise<string> {
  try {
    const inlineRecipe = new TextEncoder().encode(JSON.stringify(recipe));
    const { arn } = await client.send(new CreateComponentVersionCommand({ inlineRecipe }));
    if (!arn) throw new Error('Greengrass gave no ARN for the component');
    return arn;
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
    throw new DeployError(
      'COMPONENT_EXISTS',
      error.message,
      'A version never changes. Name the next one with --version.',
    );
  }
}

async function listHolders(client: IoTClient, policyName: string): Promise<string[]> {
  const holders: string[] = [];
  let marker: string | undefined;
  do {
    const page = await client.send(new ListTargetsForPolicyCommand({ policyName, marker, pageSize: 250 }));
    holders.push(...(page.targets ?? []));
    marker = page.nextMarker;
  } while (marker);
  return holders;
}

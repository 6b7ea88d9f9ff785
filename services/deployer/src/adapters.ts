import {
  ConflictException,
  CreateComponentVersionCommand,
  CreateDeploymentCommand,
  type DeploymentIoTJobConfiguration,
  DescribeComponentCommand,
  GetDeploymentCommand,
  type GreengrassV2Client,
  ListDeploymentsCommand,
  ResourceNotFoundException as NoSuchGreengrassResource,
} from '@aws-sdk/client-greengrassv2';
import {
  DescribeEndpointCommand,
  DescribeThingGroupCommand,
  type IoTClient,
  ListThingsInThingGroupCommand,
  ResourceNotFoundException as NoSuchIotResource,
} from '@aws-sdk/client-iot';
import { type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { createObjectStore, dynamo, greengrass, iot, kms, type ObjectStore, s3 } from '@dropforge/aws';
import { Sha256 } from '@dropforge/events';
import { readConfig } from '@dropforge/handler-kit';
import { bucketKeys, createDynamoDeviceStore, expiresIn, isExpired, toSeconds } from '@dropforge/pipeline-state';
import { z } from 'zod';
import type { Components, Deployments, Fleet, Ports, Releases, Signer } from './ports.ts';
import { digestOf } from './sign-delivery.ts';

const Config = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  /** `arn:aws:greengrass:<region>:<account>:components`: the start of every component's ARN. */
  COMPONENTS_ARN: z.string().min(1),
  /** The thing group of this deployment, which recipes call `dropforge-devices` whatever its stage. */
  DEVICE_GROUP_NAME: z.string().min(1),
  MODEL_SIGNING_KEY_ARN: z.string().min(1),
  DEVICE_SILENCE_SECONDS: z.coerce.number().positive(),
});

/** The deployer's ports on DynamoDB, S3, IoT and Greengrass. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  const table = dynamo();
  const client = greengrass();
  return {
    devices: createDynamoDeviceStore(table, config.TABLE_NAME),
    fleet: createFleet(iot(), config.DEVICE_GROUP_NAME),
    releases: createReleases(createObjectStore(s3(), config.BUCKET_NAME), config.BUCKET_NAME),
    components: {
      patchOf: createPatchCounter(table, config.TABLE_NAME),
      create: createComponentVersion(client, config.COMPONENTS_ARN),
    },
    deployments: createDeployments(client),
    signer: createSigner(kms(), config.MODEL_SIGNING_KEY_ARN),
    now: () => new Date(),
    silenceSeconds: config.DEVICE_SILENCE_SECONDS,
  };
}

/** The name in recipes for the group that comes with a deployment; two stages of an account cannot share the name itself. */
const ownGroup = 'dropforge-devices';

export function createFleet(client: IoTClient, ownGroupName: string): Fleet {
  return {
    async group(asked) {
      const name = asked === ownGroup ? ownGroupName : asked;
      try {
        const { thingGroupArn = '' } = await client.send(new DescribeThingGroupCommand({ thingGroupName: name }));
        const things: string[] = [];
        let nextToken: string | undefined;
        do {
          const page = await client.send(
            new ListThingsInThingGroupCommand({ thingGroupName: name, recursive: true, maxResults: 250, nextToken }),
          );
          things.push(...(page.things ?? []));
          nextToken = page.nextToken;
        } while (nextToken);
        return { arn: thingGroupArn, things: [...new Set(things)].sort() };
      } catch (error) {
        if (error instanceof NoSuchIotResource) return undefined;
        throw error;
      }
    },
    async dataEndpoint() {
      const { endpointAddress } = await client.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
      if (!endpointAddress) throw new Error('the account has no IoT data endpoint');
      return endpointAddress;
    },
  };
}

const Release = z.object({
  format: z.literal('dropforge-release/1'),
  modelId: z.string(),
  modelDigest: Sha256,
});
const Agents = z.object({
  format: z.literal('dropforge-agents/1'),
  version: z.string().min(1),
  key: z.string().min(1),
});

const largestDocumentBytes = 4 << 20;
/** A delivery's number is asked for again by retries and redriven dead letters, which lie in their queue for two weeks. */
const deliveryDays = 30;

export function createReleases(objects: ObjectStore, bucketName: string): Releases {
  return {
    async read(modelId) {
      const bytes = await objects.read(`${bucketKeys.release(modelId)}release.json`, largestDocumentBytes);
      const { data } = Release.safeParse(parseJson(bytes));
      return bytes && data && { ...data, digest: digestOf(bytes) };
    },
    agent: async () =>
      Agents.safeParse(parseJson(await objects.read('agents/current.json', largestDocumentBytes))).data,
    uri: (key) => `s3://${bucketName}/${key}`,
  };
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}

/**
 * Counts the versions of a component: `pk = COMPONENT#<name>`, one item per delivery and one for the last number.
 * A number is taken first and given to the delivery after; a crash in between wastes a number, which nobody minds. The
 * last number stays for ever: devices take none below what they have.
 */
export function createPatchCounter(
  table: DynamoDBDocumentClient,
  TableName: string,
  now: () => number = Date.now,
): Components['patchOf'] {
  return async (componentName, runId, attempt) => {
    const pk = `COMPONENT#${componentName}`;
    const Key = { pk, sk: `${runId}.t${attempt}` };
    const given = async (): Promise<unknown> => {
      const { Item } = await table.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && !isExpired(Item, now()) ? Item.patch : undefined;
    };
    const known = await given();
    if (typeof known === 'number') return known;
    const { Attributes } = await table.send(
      new UpdateCommand({
        TableName,
        Key: { pk, sk: 'LAST' },
        UpdateExpression: 'ADD patch :one',
        ExpressionAttributeValues: { ':one': 1 },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    try {
      const Item = { ...Key, patch: Attributes?.patch, ...expiresIn(deliveryDays, now()) };
      const ConditionExpression = 'attribute_not_exists(pk) OR expiresAt < :now';
      const ExpressionAttributeValues = { ':now': toSeconds(now()) };
      await table.send(new PutCommand({ TableName, Item, ConditionExpression, ExpressionAttributeValues }));
    } catch (error) {
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error; // another call was first: its number counts
    }
    return z.number().parse(await given());
  };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html: this algorithm hashes the message itself. */
export function createSigner(client: KMSClient, KeyId: string): Signer {
  return {
    async sign(Message) {
      const command = { KeyId, Message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;
      const { Signature } = await client.send(new SignCommand(command));
      if (!Signature) throw new Error(`KMS gave no signature with ${KeyId}`);
      return Signature;
    },
  };
}

/** A version that is there already is fine if its tags say that it is the same delivery's. */
export function createComponentVersion(client: GreengrassV2Client, componentsArn: string): Components['create'] {
  return async (recipe, tags) => {
    const arn = `${componentsArn}:${recipe.ComponentName}:versions:${recipe.ComponentVersion}`;
    const inlineRecipe = new TextEncoder().encode(JSON.stringify(recipe));
    try {
      await client.send(new CreateComponentVersionCommand({ inlineRecipe, tags: { ...tags } }));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
    }
    const component = await client.send(new DescribeComponentCommand({ arn }));
    const same = Object.entries(tags).every(([name, value]) => component.tags?.[name] === value);
    if (!same) return { failed: 'the version exists and belongs to another run' };
    const { componentState, message = 'no reason', errors = {} } = component.status ?? {};
    if (componentState === 'DEPLOYABLE') return 'deployable';
    if (componentState === 'REQUESTED' || componentState === 'INITIATED') return 'pending';
    return { failed: [message, ...Object.entries(errors).map(([where, what]) => `${where}: ${what}`)].join('; ') };
  };
}

/**
 * Ten devices at first, then twice as many each time half of them are through; the rollout stops when a fifth of at
 * least five devices failed. https://docs.aws.amazon.com/greengrass/v2/developerguide/create-deployments.html
 */
const rollout = {
  jobExecutionsRolloutConfig: {
    exponentialRate: {
      baseRatePerMinute: 10,
      incrementFactor: 2,
      rateIncreaseCriteria: { numberOfSucceededThings: 5 },
    },
    maximumPerMinute: 1_000,
  },
  abortConfig: {
    criteriaList: [{ failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 5 }],
  },
  timeoutConfig: { inProgressTimeoutInMinutes: 60 },
} as const satisfies DeploymentIoTJobConfiguration;

export function createDeployments(client: GreengrassV2Client): Deployments {
  const read = async (deploymentId: string) => {
    try {
      return await client.send(new GetDeploymentCommand({ deploymentId }));
    } catch (error) {
      if (error instanceof NoSuchGreengrassResource) return undefined;
      throw error;
    }
  };
  return {
    async current(targetArn) {
      const { deployments = [] } = await client.send(
        new ListDeploymentsCommand({ targetArn, historyFilter: 'LATEST_ONLY', maxResults: 1 }),
      );
      const deploymentId = deployments[0]?.deploymentId;
      const found = deploymentId ? await read(deploymentId) : undefined;
      // What was called off was not meant to stay on the devices.
      if (!deploymentId || !found || found.deploymentStatus === 'CANCELED') return undefined;
      return { deploymentId, components: found.components ?? {} };
    },
    async create({ name, targetArn, components, clientToken, tags }) {
      const { deploymentId } = await client.send(
        new CreateDeploymentCommand({
          deploymentName: name.slice(0, 256),
          targetArn,
          components: { ...components },
          clientToken,
          tags: { ...tags },
          iotJobConfiguration: rollout,
          deploymentPolicies: {
            failureHandlingPolicy: 'ROLLBACK',
            componentUpdatePolicy: { action: 'NOTIFY_COMPONENTS', timeoutInSeconds: 60 },
          },
        }),
      );
      if (!deploymentId) throw new Error('Greengrass gave no id for the deployment');
      return deploymentId;
    },
    tags: async (deploymentId) => (await read(deploymentId))?.tags,
  };
}

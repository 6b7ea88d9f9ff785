/**
 * What Greengrass v2's control plane does, as far as Dropforge relies on it, in sentences, for the stand-in and for AWS alike.
 * https://docs.aws.amazon.com/greengrass/v2/APIReference/
 */
import { randomUUID } from 'node:crypto';
import {
  CancelDeploymentCommand,
  CreateComponentVersionCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  DescribeComponentCommand,
  GetComponentCommand,
  GetDeploymentCommand,
  type GreengrassV2Client,
  ListComponentVersionsCommand,
  ListDeploymentsCommand,
  TagResourceCommand,
} from '@aws-sdk/client-greengrassv2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A service under test. */
export interface ContractTarget {
  readonly client: GreengrassV2Client;
  /** A component's name that is free; every version that the suite creates is removed by `dispose`. */
  readonly componentName: string;
  /** `arn:aws:greengrass:<region>:<account>:components` */
  readonly componentsArn: string;
  /** An empty thing group. */
  readonly groupArn: string;
  dispose(): Promise<void>;
}

export function describeGreengrassContract(name: string, connect: () => Promise<ContractTarget>): void {
  describe(`${name} keeps Greengrass's contract`, () => {
    let target: ContractTarget;
    beforeAll(async () => {
      target = await connect();
    });
    afterAll(() => target?.dispose());

    describeComponents(() => target);
    describeDeployments(() => target);
  });
}

const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };

/** A component that does nothing and needs no artifact. */
function recipe(ComponentName: string, ComponentVersion: string, fields: Record<string, unknown> = {}): Buffer {
  const manifest = { Platform: { os: 'linux', runtime: '*' }, Lifecycle: { run: { Script: 'true' } } };
  const head = { RecipeFormatVersion: '2020-01-25', ComponentName, ComponentVersion };
  return Buffer.from(JSON.stringify({ ...head, Manifests: [manifest], ...fields }));
}

function describeComponents(target: () => ContractTarget): void {
  const create = (version: string, tags: Record<string, string> = {}, fields: Record<string, unknown> = {}) => {
    const inlineRecipe = recipe(target().componentName, version, fields);
    return target().client.send(new CreateComponentVersionCommand({ inlineRecipe, tags }));
  };
  const arnOf = (version: string) => `${target().componentsArn}:${target().componentName}:versions:${version}`;

  describe('components', () => {
    it('are named by their ARN and described with their state and tags', async () => {
      const created = await create('1.0.0', { 'dropforge:run-id': 'run-a' });
      expect(created).toMatchObject({ arn: arnOf('1.0.0'), componentVersion: '1.0.0' });
      await target().client.send(new TagResourceCommand({ resourceArn: arnOf('1.0.0'), tags: { more: 'yes' } }));
      const described = await target().client.send(new DescribeComponentCommand({ arn: arnOf('1.0.0') }));
      expect(described).toMatchObject({
        componentName: target().componentName,
        tags: { 'dropforge:run-id': 'run-a', more: 'yes' },
      });
      expect(described.status?.componentState).toMatch(/^(REQUESTED|INITIATED|DEPLOYABLE)$/);
    });

    it('never change: the same version again is a conflict that names it', async () => {
      await create('2.0.0');
      await expect(create('2.0.0')).rejects.toMatchObject({
        name: 'ConflictException',
        resourceId: arnOf('2.0.0'),
        $metadata: { httpStatusCode: 409 },
      });
    });

    it('give back their recipe and list their versions', async () => {
      await create('3.0.0');
      const { recipe: bytes = new Uint8Array() } = await target().client.send(
        new GetComponentCommand({ arn: arnOf('3.0.0'), recipeOutputFormat: 'JSON' }),
      );
      expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
        ComponentName: target().componentName,
        ComponentVersion: '3.0.0',
      });
      const arn = `${target().componentsArn}:${target().componentName}`;
      const { componentVersions = [] } = await target().client.send(new ListComponentVersionsCommand({ arn }));
      expect(componentVersions.map(({ componentVersion }) => componentVersion)).toContain('3.0.0');
    });

    it('are refused with a version that is none', async () => {
      await expect(create('latest')).rejects.toMatchObject({
        name: 'ValidationException',
        $metadata: { httpStatusCode: 400 },
      });
    });

    it('that nobody created are not there', async () => {
      const arn = arnOf('9.9.9');
      await expect(target().client.send(new DescribeComponentCommand({ arn }))).rejects.toMatchObject(missing);
      await expect(target().client.send(new GetComponentCommand({ arn }))).rejects.toMatchObject(missing);
    });
  });
}

function describeDeployments(target: () => ContractTarget): void {
  const deploy = (fields: Partial<CreateDeploymentCommandInput> = {}) =>
    target().client.send(new CreateDeploymentCommand({ targetArn: target().groupArn, components: {}, ...fields }));
  const latest = async () =>
    (await target().client.send(new ListDeploymentsCommand({ targetArn: target().groupArn }))).deployments ?? [];

  describe('deployments', () => {
    it('are described as they were ordered', async () => {
      const deploymentPolicies = { failureHandlingPolicy: 'DO_NOTHING' as const };
      const order = { deploymentName: 'contract', deploymentPolicies, tags: { 'dropforge:run-id': 'run-a' } };
      const { deploymentId } = await deploy(order);
      const described = await target().client.send(new GetDeploymentCommand({ deploymentId }));
      expect(described).toMatchObject({
        targetArn: target().groupArn,
        isLatestForTarget: true,
        ...order,
      });
    });

    it('with the same token are one deployment', async () => {
      const clientToken = randomUUID();
      const first = await deploy({ clientToken });
      expect((await deploy({ clientToken })).deploymentId).toBe(first.deploymentId);
    });

    it('take the place of the one before at their target', async () => {
      const first = await deploy();
      const second = await deploy();
      expect((await latest()).map(({ deploymentId }) => deploymentId)).toEqual([second.deploymentId]);
      const before = await target().client.send(new GetDeploymentCommand({ deploymentId: first.deploymentId }));
      expect(before.isLatestForTarget).toBe(false);
    });

    it('can be canceled', async () => {
      const { deploymentId } = await deploy();
      await target().client.send(new CancelDeploymentCommand({ deploymentId }));
      const { deploymentStatus } = await target().client.send(new GetDeploymentCommand({ deploymentId }));
      expect(deploymentStatus).toBe('CANCELED');
    });

    it('that nobody ordered are not there', async () => {
      const command = new GetDeploymentCommand({ deploymentId: randomUUID() });
      await expect(target().client.send(command)).rejects.toMatchObject(missing);
    });
  });
}

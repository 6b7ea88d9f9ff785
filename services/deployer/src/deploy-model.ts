import { type AnyEvent, deploymentFailed, deploymentStarted, modelValidated, type Target } from '@dropforge/events';
import { buildsFor } from '@dropforge/events/builds';
import { RetryableError } from '@dropforge/handler-kit';
import { bucketKeys, type Device, type Run } from '@dropforge/pipeline-state';
import { type ComponentRecipe, componentNameOf, componentRecipe } from './component-recipe.ts';
import type { CurrentDeployment, Ports, Release, Tags } from './ports.ts';
import { signDelivery } from './sign-delivery.ts';

/**
 * The events of a deployment name every device, and its run keeps up to four of them. A run's item has 400 KB at most.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const largestGroup = 1_000;
const nameBytesMaximum = 32 * 1024;

interface Order {
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly modelId: string;
  readonly modelDigest: string;
  readonly to: string;
  readonly targets: readonly Target[];
}

/**
 * Delivers the validated model of a run to its thing group: one component version, one deployment. Every call is safe
 * to repeat, because version, token and tags follow from run and attempt.
 */
export async function deployModel(run: Run, ports: Ports): Promise<AnyEvent> {
  const order = orderOf(run);
  const { runId, project, attempt, modelId } = order;
  const about = { runId, project, attempt, modelId };
  const group = await ports.fleet.group(order.to);
  const known = group ? await ports.devices.readMany(group.things.slice(0, largestGroup)) : [];
  const release = await ports.releases.read(modelId);
  const refusal = refuse(order, group, known) ?? refuseRelease(order, release);
  if (refusal || !group || !release) return deploymentFailed.of({ ...about, reasons: [refusal ?? noGroup(order.to)] });

  const recipe = await buildRecipe(order, release, ports);
  if (!recipe) return deploymentFailed.of({ ...about, reasons: [noAgent()] });
  const tags = tagsOf(order);
  const state = await ports.components.create(recipe, tags);
  if (state === 'pending') throw new RetryableError(`Greengrass still looks at ${recipe.ComponentName}.`);
  if (state !== 'deployable')
    return deploymentFailed.of({ ...about, reasons: [componentRefused(recipe, state.failed)] });

  const { ComponentName: componentName, ComponentVersion: componentVersion } = recipe;
  const deploymentId = await deploy(order, group.arn, { componentName, componentVersion }, tags, ports);
  const { to } = order;
  return deploymentStarted.of({ ...about, deploymentId, componentName, componentVersion, to, devices: group.things });
}

/** The tags by which a deployment's events are brought back to their run. */
export const tagNames = { runId: 'dropforge:run-id', attempt: 'dropforge:attempt' } as const;

function tagsOf({ runId, attempt }: Order): Tags {
  return { [tagNames.runId]: runId, [tagNames.attempt]: String(attempt) };
}

function orderOf(run: Run): Order {
  const { modelId, modelDigest, targets, deployment } = modelValidated.data.parse(run.facts['model.validated']);
  if (!deployment) throw new Error(`run ${run.runId} asks for no deployment`);
  const { runId, project, attempt } = run;
  return { runId, project, attempt, modelId, modelDigest, targets, to: deployment.to };
}

/** A thing group has one deployment: what other projects deployed to it stays part of it, or devices would remove it. */
async function deploy(
  order: Order,
  targetArn: string,
  component: { componentName: string; componentVersion: string },
  tags: Tags,
  { deployments }: Ports,
): Promise<string> {
  const current = await deployments.current(targetArn);
  const { componentName, componentVersion } = component;
  if (current?.components[componentName]?.componentVersion === componentVersion) return current.deploymentId;
  const others: CurrentDeployment['components'] = current?.components ?? {};
  return deployments.create({
    name: `${order.modelId} (${order.runId}, attempt ${order.attempt})`,
    targetArn,
    components: { ...others, [componentName]: { componentVersion } },
    clientToken: `df-${order.runId}-t${order.attempt}`,
    tags,
  });
}

async function buildRecipe(
  { modelId, modelDigest, runId, attempt, project }: Order,
  { digest: releaseDigest }: Release,
  { components, releases, fleet, signer, now }: Ports,
): Promise<ComponentRecipe | undefined> {
  const agent = await releases.agent();
  if (!agent) return undefined;
  const component = componentNameOf(project);
  const patch = await components.patchOf(component, runId, attempt);
  const delivery = { counter: patch, modelId, modelDigest, releaseDigest, runId, attempt };
  const folder = bucketKeys.release(modelId);
  return componentRecipe({
    componentName: component,
    componentVersion: `1.0.${patch}`,
    modelId,
    delivery: await signDelivery(delivery, signer, now()),
    agentVersion: agent.version,
    agentUri: releases.uri(agent.key),
    artifactUri: releases.uri(`${folder}output.tar.gz`),
    releaseUri: releases.uri(`${folder}release.json`),
    iotEndpoint: await fleet.dataEndpoint(),
  });
}

function refuse({ to, targets, modelId }: Order, group: { things: string[] } | undefined, known: readonly Device[]) {
  if (!group) return noGroup(to);
  if (group.things.length === 0) {
    return {
      code: 'NO_DEVICES',
      message: `The thing group ${to} has no devices, so ${modelId} has nowhere to go.`,
      where: to,
      action: `Add a device to the thing group ${to} (dropforge devices lists the known ones), then retry the run.`,
    };
  }
  const nameBytes = group.things.reduce((sum, thing) => sum + thing.length, 0); // AWS takes ASCII names alone
  if (group.things.length > largestGroup || nameBytes > nameBytesMaximum) {
    const has = `${group.things.length} devices, whose names have ${nameBytes} bytes`;
    const message = `The thing group ${to} has ${has}; one deployment takes ${largestGroup} and ${nameBytesMaximum} bytes.`;
    return { code: 'GROUP_TOO_LARGE', message, where: to, action: 'Deploy to smaller thing groups.' };
  }
  const unfit = known.flatMap(({ thing, report }) =>
    report && !buildsFor[report.architecture].some((build) => targets.includes(build))
      ? [`${thing} (${report.architecture})`]
      : [],
  );
  if (unfit.length === 0) return undefined;
  return {
    code: 'TARGET_MISSING',
    message: `${modelId} was built for ${targets.join(', ')}, which does not fit ${unfit.slice(0, 10).join(', ')}.`,
    where: to,
    action: "Add these devices' architecture to the recipe's targets, or take them out of the group, then retry.",
  };
}

/** What is delivered must be what was validated: the release in the bucket is compared with the run. */
function refuseRelease({ modelId, modelDigest }: Order, release: Release | undefined) {
  const where = `${bucketKeys.release(modelId)}release.json`;
  const action = 'Retry the run from its conversion.';
  if (!release)
    return { code: 'RELEASE_MISSING', message: `There is no readable release of ${modelId}.`, where, action };
  if (release.modelDigest === modelDigest) return undefined;
  const message = `The release of ${modelId} holds model ${release.modelDigest} instead of the validated ${modelDigest}.`;
  return { code: 'DIGEST_MISMATCH', message, where, action };
}

function noGroup(to: string) {
  const action = `Create the thing group ${to} and add devices to it, or name another one in the recipe, then retry.`;
  return { code: 'NO_DEVICES', message: `There is no thing group ${to}.`, where: to, action };
}

function noAgent() {
  const action = 'Publish the agent (npm run build, then the deployment of the stage), then retry the run.';
  return {
    code: 'AGENT_MISSING',
    message: 'The bucket holds no agent to deliver.',
    where: 'agents/current.json',
    action,
  };
}

function componentRefused({ ComponentName, ComponentVersion }: ComponentRecipe, why: string) {
  const message = `Greengrass refused the component ${ComponentName} ${ComponentVersion}: ${why}`.slice(0, 1_000);
  return { code: 'COMPONENT_REFUSED', message, where: ComponentName };
}

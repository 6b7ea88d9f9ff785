/** A device of this machine with a nucleus of its own: downloads what is deployed to it, runs it, says how it went. */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { EventInput } from '../bus/event-bus.ts';
import { type ComponentOptions, seconds } from './component-actions.ts';
import { type ComponentProcess, startComponent } from './component-process.ts';
import { type Architecture, interpolate, manifestFor, parseUri } from './recipe.ts';
import type { Component, Deployment, Execution, Store, Versions } from './store.ts';

export interface DeviceOptions extends ComponentOptions {
  readonly thing: string;
  readonly architecture: Architecture;
  /** The device's disk. */
  readonly directory: string;
  /** What components get besides the nucleus's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly store: Store;
  /** The deployment that this device is to have. */
  readonly wanted: () => Deployment | undefined;
  readonly putEvent: (event: EventInput) => void;
  readonly log: (line: string) => void;
}

export interface VirtualDevice {
  /** Looks whether there is something to do; returns at once. */
  wake(): void;
  state(): 'HEALTHY' | 'UNHEALTHY';
  stop(): Promise<void>;
}

export function createVirtualDevice(options: DeviceOptions): VirtualDevice {
  const { store, thing, wanted, log } = options;
  const running = new Map<string, { version: string; process: ComponentProcess }>();
  let work: Promise<void> = Promise.resolve();
  let stopped = false;

  /** Makes the running components those of `versions`; gives what is broken. */
  const apply = async (versions: Versions): Promise<string[]> => {
    const broken: string[] = [];
    for (const [name, { version, process }] of running) {
      if (versions[name] === version) continue;
      await process.stop();
      running.delete(name);
    }
    for (const [name, version] of Object.entries(versions)) {
      const process = running.get(name)?.process ?? (await start(options, name, version));
      running.set(name, { version, process });
      if ((await process.outcome) === 'broken') broken.push(`${name} ${version} is broken`);
    }
    return broken;
  };
  const deploy = async (deployment: Deployment): Promise<void> => {
    const before = store.installed(thing);
    record(options, deployment, 'IN_PROGRESS', '');
    const versions = versionsOf(deployment);
    try {
      for (const [name, version] of Object.entries(versions)) await download(options, name, version);
      const broken = await apply(versions);
      if (stopped) return; // goes on at the next start
      if (broken.length > 0) throw new Error(broken.join('; '));
      store.putInstalled(thing, versions);
      conclude(options, deployment, 'SUCCEEDED', '');
    } catch (error) {
      if (stopped) return;
      const reason = error instanceof Error ? error.message : String(error);
      log(`DEPLOYMENT_FAILED: ${thing}: ${reason}`);
      if (deployment.deploymentPolicies.failureHandlingPolicy !== 'DO_NOTHING') await apply(before);
      conclude(options, deployment, 'FAILED', reason);
    }
  };
  const look = async (): Promise<void> => {
    if (stopped) return;
    const deployment = wanted();
    const execution = deployment && store.execution(thing, deployment.deploymentId);
    const open = !execution || execution.status === 'IN_PROGRESS';
    if (deployment?.status === 'ACTIVE' && open) return deploy(deployment);
    // A restart: what was installed runs again, and nothing is deployed twice.
    if (running.size === 0) await apply(store.installed(thing));
  };
  return {
    wake() {
      work = work.then(look).catch((error: Error) => log(`DEVICE_ERROR: ${thing}: ${error.message}`));
    },
    state: () => ([...running.values()].some(({ process }) => process.state() === 'BROKEN') ? 'UNHEALTHY' : 'HEALTHY'),
    async stop() {
      stopped = true;
      for (const { process } of running.values()) await process.stop();
      await work;
      for (const { process } of running.values()) await process.stop();
    },
  };
}

/** AWS's own components are part of a virtual device. */
function versionsOf({ components }: Deployment): Versions {
  const ours = Object.entries(components).filter(([name]) => !name.startsWith('aws.'));
  return Object.fromEntries(ours.map(([name, { componentVersion }]) => [name, componentVersion]));
}

function find({ store, region, accountId, architecture }: DeviceOptions, name: string, version: string) {
  const component = store.component(`arn:aws:greengrass:${region}:${accountId}:components:${name}:versions:${version}`);
  const manifest = component && manifestFor(component.recipe, architecture);
  if (!component || !manifest) throw new Error(`${name} ${version} has no manifest for linux on ${architecture}`);
  return { component, manifest };
}

function artifactsOf({ directory }: DeviceOptions, { name, version }: Pick<Component, 'name' | 'version'>): string {
  return join(directory, 'packages', 'artifacts', name, version);
}

/** Every artifact is compared with the digest that was taken when the component was created. */
async function download(options: DeviceOptions, name: string, version: string): Promise<void> {
  const { component, manifest } = find(options, name, version);
  const folder = artifactsOf(options, component);
  mkdirSync(folder, { recursive: true });
  for (const { Uri } of manifest.Artifacts) {
    const { bucket, key, file } = parseUri(Uri);
    const bytes = await options.readObject(bucket, key);
    if (!bytes) throw new Error(`artifact ${Uri} is not there`);
    const digest = createHash('sha256').update(bytes).digest('base64');
    if (digest !== component.digests[Uri])
      throw new Error(`artifact ${Uri} has changed since the component was created`);
    writeFileSync(join(folder, `${file}.part`), bytes);
    renameSync(join(folder, `${file}.part`), join(folder, file));
  }
}

async function start(options: DeviceOptions, name: string, version: string): Promise<ComponentProcess> {
  const { component, manifest } = find(options, name, version);
  const { directory, thing, region, environment, log } = options;
  const work = join(directory, 'work', name);
  const variables = {
    'artifacts:path': artifactsOf(options, component),
    'work:path': work,
    'iot:thingName': thing,
    'kernel:rootPath': directory,
  };
  return startComponent({
    script: interpolate(manifest.Lifecycle.run ?? 'exit 0', variables),
    directory: work,
    environment: {
      AWS_REGION: region,
      AWS_IOT_THING_NAME: thing,
      ...environment,
      // This very Node.js is the device's `node`.
      PATH: [dirname(process.execPath), environment.PATH ?? process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    },
    logFile: join(directory, 'logs', `${name}.log`),
    pidFile: join(directory, `${name}.pid`),
    log,
  });
}

function record(
  { store, thing, now }: DeviceOptions,
  { deploymentId }: Deployment,
  status: Execution['status'],
  reason: string,
) {
  store.putExecution({ thing, deploymentId, status, reason, modifiedAt: seconds(now()) });
}

/** The event goes first: a crash in between repeats it, which receivers must bear, and loses nothing. */
function conclude(
  options: DeviceOptions,
  deployment: Deployment,
  status: 'SUCCEEDED' | 'FAILED',
  reason: string,
): void {
  const { thing, region, accountId, putEvent } = options;
  const failed = status === 'FAILED';
  putEvent({
    source: 'aws.greengrass',
    detailType: 'Greengrass V2 Effective Deployment Status Change',
    resources: [`arn:aws:greengrass:${region}:${accountId}:coreDevices:${thing}`],
    detail: {
      deploymentId: deployment.deploymentId,
      coreDeviceExecutionStatus: status,
      statusDetails: failed
        ? { errorStack: ['DEPLOYMENT_FAILURE', 'COMPONENT_ERROR'], errorTypes: ['USER_COMPONENT_ERROR'] }
        : { errorStack: [], errorTypes: [] },
      reason: failed ? reason : 'SUCCESSFUL',
    },
  });
  record(options, deployment, status, reason);
}

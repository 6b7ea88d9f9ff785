/** Greengrass v2: components and deployments as the SDK speaks of them, and virtual devices that run them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceHandler } from '../aws-endpoint/aws-endpoint.ts';
import type { EventInput } from '../bus/event-bus.ts';
import { type RestAction, restService } from '../iot/rest-service.ts';
import type { Database } from '../state/database.ts';
import { type ComponentOptions, componentActions, notFound, seconds } from './component-actions.ts';
import { deploymentActions, latestFor } from './deployment-actions.ts';
import type { Architecture } from './recipe.ts';
import { openStore, type Store } from './store.ts';
import { createVirtualDevice, type VirtualDevice } from './virtual-device.ts';

export interface DeviceDescription {
  readonly thing: string;
  readonly architecture: Architecture;
  /** A device that never answers. */
  readonly silent?: boolean;
}

export interface GreengrassOptions extends ComponentOptions {
  readonly database: Database;
  /** Where the devices' disks lie. */
  readonly directory: string;
  readonly devices: readonly DeviceDescription[];
  /** Thing groups of a thing: what is deployed to them is deployed to it. */
  readonly groupsOf: (thing: string) => readonly string[];
  /** The same with the rights of a device. */
  readonly readObjectAs?: (device: DeviceDescription) => ComponentOptions['readObject'];
  readonly environmentForAgents: (device: DeviceDescription) => Readonly<Record<string, string>>;
  readonly putEvent: (event: EventInput) => void;
  readonly log: (line: string) => void;
  /** Devices of another make than those that run the real agent. */
  readonly createDevice?: typeof createVirtualDevice | undefined;
}

export interface Greengrass {
  /** Answers requests signed for `greengrass`. */
  readonly handle: ServiceHandler;
  /** Starts the devices with what they had; returns at once. */
  start(): void;
  stop(): Promise<void>;
}

export function createGreengrass(options: GreengrassOptions): Greengrass {
  const store = openStore(options.database);
  const devices = new Map(options.devices.map((device) => [device.thing, createDevice(device, store, options)]));
  const wakeAll = () => {
    for (const device of devices.values()) device?.wake();
  };
  return {
    handle: restService({
      ...componentActions(store, options),
      ...deploymentActions(store, options, wakeAll),
      ...coreDeviceActions(store, devices, options),
    }),
    start: wakeAll,
    async stop() {
      await Promise.all([...devices.values()].map((device) => device?.stop()));
    },
  };
}

function createDevice(device: DeviceDescription, store: Store, options: GreengrassOptions): VirtualDevice | undefined {
  if (device.silent) return undefined;
  const { thing, architecture } = device;
  const directory = join(options.directory, 'devices', thing);
  mkdirSync(directory, { recursive: true });
  return (options.createDevice ?? createVirtualDevice)({
    ...options,
    store,
    thing,
    architecture,
    directory,
    readObject: options.readObjectAs?.(device) ?? options.readObject,
    environment: options.environmentForAgents(device),
    wanted: () => wantedBy(thing, store, options)[0],
  });
}

/** Deployments of a thing and of its groups, newest first. A virtual device follows the newest one. */
function wantedBy(thing: string, store: Store, { region, accountId, groupsOf }: GreengrassOptions) {
  const arn = `arn:aws:iot:${region}:${accountId}`;
  const targets = [`${arn}:thing/${thing}`, ...groupsOf(thing).map((group) => `${arn}:thinggroup/${group}`)];
  const wanted = targets.flatMap((target) => latestFor(store, target) ?? []);
  return wanted.sort((one, other) => other.revision - one.revision);
}

function coreDeviceActions(
  store: Store,
  devices: ReadonlyMap<string, VirtualDevice | undefined>,
  options: GreengrassOptions,
): Record<string, RestAction> {
  const describe = (thing: string) => ({
    coreDeviceThingName: thing,
    status: devices.get(thing)?.state() ?? 'UNHEALTHY',
    lastStatusUpdateTimestamp: seconds(options.now()),
    platform: 'linux',
    architecture: options.devices.find((device) => device.thing === thing)?.architecture,
  });
  const find = (thing = '') => {
    if (!devices.has(thing)) throw notFound('coreDevice', thing);
    return thing;
  };
  return {
    'GET /greengrass/v2/coreDevices': () => ({ body: { coreDevices: [...devices.keys()].map(describe) } }),
    'GET /greengrass/v2/coreDevices/{thing}': ({ path }) => ({ body: describe(find(path.thing)) }),
    'GET /greengrass/v2/coreDevices/{thing}/effectiveDeployments': ({ path }) => {
      const thing = find(path.thing);
      const effectiveDeployments = wantedBy(thing, store, options).map(
        ({ deploymentId, deploymentName, targetArn, createdAt }) => {
          const { status = 'QUEUED', reason, modifiedAt = createdAt } = store.execution(thing, deploymentId) ?? {};
          return {
            deploymentId,
            deploymentName,
            targetArn,
            coreDeviceExecutionStatus: status,
            ...(reason ? { reason } : {}),
            creationTimestamp: createdAt,
            modifiedTimestamp: modifiedAt,
          };
        },
      );
      return { body: { effectiveDeployments } };
    },
  };
}

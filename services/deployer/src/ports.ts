import type { DeviceStore } from '@dropforge/pipeline-state';
import type { ComponentRecipe } from './component-recipe.ts';

/** What the deployer needs of the world, in its own words. */
export interface Ports {
  readonly devices: DeviceStore;
  readonly fleet: Fleet;
  readonly releases: Releases;
  readonly components: Components;
  readonly deployments: Deployments;
  readonly signer: Signer;
  readonly now: () => Date;
  /** How long a device may say nothing about a deployment. */
  readonly silenceSeconds: number;
}

export interface Fleet {
  /** A thing group and its members, or undefined if there is no such group. */
  group(name: string): Promise<{ arn: string; things: string[] } | undefined>;
  /** Host name of the account's IoT data endpoint, where agents report. */
  dataEndpoint(): Promise<string>;
}

export interface Releases {
  /** What `models/<modelId>/release.json` says; undefined: it is not there or is no release. */
  read(modelId: string): Promise<Release | undefined>;
  /** The agent that new components carry; undefined: none is in the bucket. */
  agent(): Promise<AgentPackage | undefined>;
  /** `s3://` URI of an object in the bucket. */
  uri(key: string): string;
}

export interface Release {
  readonly modelId: string;
  readonly modelDigest: string;
  /** SHA-256 of `release.json` itself, hexadecimal. */
  readonly digest: string;
}

export interface AgentPackage {
  readonly version: string;
  readonly key: string;
}

export interface Components {
  /** The patch number for a delivery: grows from delivery to delivery, the same for the same run and attempt. */
  patchOf(componentName: string, runId: string, attempt: number): Promise<number>;
  /** Creates the version or finds that it is there. `pending`: Greengrass is still looking at it. */
  create(recipe: ComponentRecipe, tags: Tags): Promise<'deployable' | 'pending' | { failed: string }>;
}

export interface Deployments {
  /** What the target's devices are to run now; undefined: nothing was ever deployed to it. */
  current(targetArn: string): Promise<CurrentDeployment | undefined>;
  create(order: DeploymentOrder): Promise<string>;
  /** The tags of a deployment; undefined: there is no such deployment. */
  tags(deploymentId: string): Promise<Tags | undefined>;
}

export interface CurrentDeployment {
  readonly deploymentId: string;
  /** As Greengrass describes them: version and configuration by component name. */
  readonly components: Readonly<Record<string, { readonly componentVersion: string | undefined }>>;
}

/** Holds the key whose public half the devices have. */
export interface Signer {
  /** The Ed25519 signature of a message, 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

export interface DeploymentOrder {
  readonly name: string;
  readonly targetArn: string;
  readonly components: CurrentDeployment['components'];
  /** Two orders with the same token are one deployment. */
  readonly clientToken: string;
  readonly tags: Tags;
}

export type Tags = Readonly<Record<string, string>>;

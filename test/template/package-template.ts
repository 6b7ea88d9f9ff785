import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FrameworkOptions, packageService } from '../../scripts/deploy/run-framework.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As CloudFormation takes it, intrinsic functions unresolved. */
export interface PackagedTemplate {
  Resources: Record<string, PackagedResource>;
}

export interface PackagedResource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a hundred types of resources, each of its own shape
  Properties: Record<string, any>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** The template of a stage, packaged as for a deployment but for the functions' code. */
export async function packageTemplate(
  options: Partial<FrameworkOptions> & { stage: string },
): Promise<PackagedTemplate> {
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-template-'));
  try {
    return (await packageService({ root, code: false, ...options }, join(folder, 'package'))) as PackagedTemplate; // every resource of ours has properties
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The resources of one type by logical id. */
export function ofType({ Resources }: PackagedTemplate, type: string): [string, PackagedResource][] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}

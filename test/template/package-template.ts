import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FrameworkOptions, packageService } from '../../scripts/deploy/run-framework.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = join(root, 'node_modules/.cache/dropforge-templates');

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

export type TemplateOptions = Partial<Omit<FrameworkOptions, 'root' | 'code'>> & { stage: string };

/**
 * The template of a stage, packaged as for a deployment but for the functions' code. The framework takes seconds for it,
 * so it is kept for the next test that asks, until anything changes that the framework reads.
 */
export async function packageTemplate(options: TemplateOptions): Promise<PackagedTemplate> {
  const file = join(kept, `${digestOf(options)}.json`);
  if (!existsSync(file)) {
    const text = JSON.stringify(await packageAnew(options));
    mkdirSync(kept, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return JSON.parse(readFileSync(file, 'utf8')) as PackagedTemplate; // every resource of ours has properties
}

async function packageAnew(options: TemplateOptions): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'dropforge-template-'));
  try {
    return await packageService({ root, code: false, ...options }, join(folder, 'package'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of everything that a template is made of: without code, no source of a function is. */
function digestOf(options: TemplateOptions): string {
  const patterns = [
    'serverless.yml',
    'package-lock.json',
    'services/*/service.yml',
    'infrastructure/*',
    'scripts/deploy/*.ts',
  ];
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const file of globSync(patterns, { cwd: root }).sort()) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

/** The resources of one type by logical id. */
export function ofType({ Resources }: PackagedTemplate, type: string): [string, PackagedResource][] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}

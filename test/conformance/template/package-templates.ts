/** The templates that are checked: the stage that everybody starts with, and one with every parameter set otherwise. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageService } from '../../../scripts/deploy/run-framework.ts';
import type { Template } from '../../template-schema/template.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const variants = [
  { name: 'dev', stage: 'dev', parameters: {} },
  {
    name: 'prod with tokens and mails',
    stage: 'prod',
    parameters: { apiAuthorizer: 'jwt', alarmEmail: 'me@example.org' },
  },
] as const;

export interface PackagedTemplate {
  readonly name: string;
  readonly file: string;
  readonly template: Template;
}

/** Packages each without the functions' code, gives them to `work`, and removes them. */
export async function withTemplates<Answer>(work: (templates: PackagedTemplate[]) => Promise<Answer>): Promise<Answer> {
  const directory = await mkdtemp(join(tmpdir(), 'dropforge-templates-'));
  try {
    const templates: PackagedTemplate[] = [];
    for (const { name, stage, parameters } of variants) {
      const folder = join(directory, stage);
      const template = await packageService({ root, stage, parameters, code: false }, folder);
      const file = join(folder, 'cloudformation-template-update-stack.json');
      templates.push({ name, file, template: template as Template }); // CloudFormation's form
    }
    return await work(templates);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

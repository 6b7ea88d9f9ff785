import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { expect, it } from 'vitest';
import { packageService } from '../../scripts/deploy/run-framework.ts';
import { checkTemplate } from './check-template.ts';
import type { Template } from './template.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('the packaged template has nothing that CloudFormation does not know', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dropforge-template-'));
  const template = (await packageService({ root, stage: 'dev', code: false }, folder)) as Template; // the framework writes CloudFormation's form
  rmSync(folder, { recursive: true });
  expect(Object.keys(template.Resources).length).toBeGreaterThan(50);
  expect(checkTemplate(template, loadAwsServiceSpecSync())).toEqual([]);
});

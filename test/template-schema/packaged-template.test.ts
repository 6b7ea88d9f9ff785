import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { expect, it } from 'vitest';
import { packageTemplate } from '../template/package-template.ts';
import { checkTemplate } from './check-template.ts';
import type { Template } from './template.ts';

it('the packaged template has nothing that CloudFormation does not know', async () => {
  const template = (await packageTemplate({ stage: 'dev' })) as Template; // the framework writes CloudFormation's form
  expect(Object.keys(template.Resources).length).toBeGreaterThan(50);
  expect(checkTemplate(template, loadAwsServiceSpecSync())).toEqual([]);
});

/** cfn-lint, AWS's own linter of templates, and our check against the resource specification. https://github.com/aws-cloudformation/cfn-lint */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { checkTemplate } from '../../template-schema/check-template.ts';
import type { Result } from '../checks.ts';
import { type PackagedTemplate, withTemplates } from './package-templates.ts';

/** Regions differ in what they have; these have all that is asked for. */
const REGIONS = ['eu-west-1', 'us-east-1'];

/** Two checks for each template; without a `bin`, which has cfn-lint, one. */
export function lintTemplates(bin: string | undefined): Promise<Result[]> {
  return withTemplates(async (templates) => [
    ...templates.map(checkSpecification),
    ...(bin ? templates.map((template) => lint(join(bin, 'cfn-lint'), template)) : []),
  ]);
}

function checkSpecification({ name, template }: PackagedTemplate): Result {
  const faults = checkTemplate(template, loadAwsServiceSpecSync());
  const detail = [
    `${Object.keys(template.Resources).length} resources`,
    ...faults.map(({ code, place, message }) => `${code} ${place}: ${message}`),
  ].join('\n            ');
  return { name: `resource specification, ${name}`, outcome: faults.length === 0 ? 'passed' : 'failed', detail };
}

/** Warnings do not fail: most are about dependencies that the framework writes down twice. */
function lint(program: string, { name, file }: PackagedTemplate): Result {
  const args = ['--regions', ...REGIONS, '--non-zero-exit-code', 'error', '--format', 'parseable', '--', file];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const lines = stdout.split('\n').filter((line) => line.includes(':'));
  const errors = lines
    .filter((line) => /:E\d{4}:/.test(line))
    .map((line) => line.slice(line.lastIndexOf(file) + file.length));
  const counts = Map.groupBy(
    lines.flatMap((line) => /:([WI]\d{4}):/.exec(line)?.[1] ?? []),
    (rule) => rule,
  );
  const warnings = [...counts].map(([rule, found]) => `${found.length} × ${rule}`).join(', ') || 'no';
  const detail = [`${errors.length} errors, warnings: ${warnings}`, ...errors, stderr.trim()].filter(Boolean);
  return {
    name: `cfn-lint, ${name}`,
    outcome: status === 0 && errors.length === 0 ? 'passed' : 'failed',
    detail: detail.join('\n            '),
  };
}

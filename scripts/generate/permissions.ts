/** What each role may do, as a page: from serverless.yml, whose packaged form a test holds against this reading. */
import { join } from 'node:path';
import type { PolicyStatement } from '../../local/src/access/policy.ts';
import { readServerlessFile } from '../../local/src/serverless-file/read-serverless-file.ts';

export function permissionsPage(root: string): string {
  const endpoints = { aws: 'http://localhost', api: 'http://localhost' };
  const description = readServerlessFile({
    ...{ file: join(root, 'serverless.yml'), accountId: '000000000000', endpoints, environment: {} },
  });
  const functions = description.functions.map(({ key, roleStatements }) => section(key, roleStatements));
  const roles = description.roles.map(({ logicalId, trusts, statements }) =>
    section(`${logicalId}, taken on by ${trusts.join(' and ')}`, statements),
  );
  return [
    '# What each role may do',
    '',
    'Made from `serverless.yml` by `npm run build`, for the stage `dev`; `test/permissions` holds it against the packaged',
    'template and against every call that is made. Each function has a role of its own. With it Lambda also writes the log and',
    'the traces, and puts what the function failed at among the dead letters.',
    '',
    '## Functions',
    '',
    ...functions,
    '## Jobs and devices',
    '',
    ...roles,
  ].join('\n');
}

/** Told once, above. */
const belongsToLambda = /^xray:|^sqs:SendMessage \S+-dead-letters$/;

function section(title: string, statements: readonly PolicyStatement[]): string {
  const own = statements.filter(({ actions, resources }) => !belongsToLambda.test(`${actions[0]} ${resources[0]}`));
  const rows = own.map(({ actions, resources, conditions }) => {
    const only = conditions.map(({ key, values }) => `${key}: ${values.join(', ')}`);
    const where = resources.map(short).map(code).join('<br>');
    return `| ${actions.map(code).join('<br>')} | ${where}${only.length > 0 ? `<br>only with ${only.map(code).join(', ')}` : ''} |`;
  });
  return [`### ${title}`, '', '| action | on |', '|---|---|', ...rows, ''].join('\n');
}

/** `arn:aws:dynamodb:eu-west-1:000000000000:table/x` → `table/x`: service, region and account go without saying. */
function short(resource: string): string {
  return resource.replace(/^arn:aws:[^:]*:[^:]*:[^:]*:/, '');
}

function code(text: string): string {
  return `\`${text}\``;
}

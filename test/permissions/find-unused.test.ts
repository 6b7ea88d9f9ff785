import type { RecordedCall } from '@dropforge/local';
import { expect, it } from 'vitest';
import { unusedGrants } from './find-unused.ts';
import { covers } from './justified.ts';

const bucket = 'arn:aws:s3:::bucket';

function calls(...permissions: RecordedCall['permissions']): RecordedCall[] {
  const facts = { at: '', service: 's3', operation: '', input: {}, permissions };
  const messages = { request: { method: '', target: '', headers: {} }, answer: { status: 200, headers: {} } };
  const made = (kind: 'function' | 'account', name: string) => ({ ...facts, ...messages, caller: { kind, name } });
  // What others do does not make a permission of this function needed.
  return [
    made('function', 'reader'),
    { ...made('function', 'other'), permissions: [{ action: 's3:PutObject', resource: `${bucket}/a/1` }] },
  ];
}

const role = {
  ...{ logicalId: 'ReaderRole', functionKey: 'reader' },
  statements: [
    {
      ...{ effect: 'Allow' as const, conditions: [] },
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${bucket}/a/*`, `${bucket}/b/*`],
    },
  ],
};

it('a permission is unused when no call of its own function needed that action on that resource', () => {
  const read = { action: 's3:GetObject', resource: `${bucket}/a/1` };
  expect(unusedGrants([role], calls(read)).map(({ action, resource }) => `${action} ${resource}`)).toEqual([
    `s3:GetObject ${bucket}/b/*`,
    `s3:PutObject ${bucket}/a/*`,
    `s3:PutObject ${bucket}/b/*`,
  ]);
  const all = ['a', 'b'].flatMap(
    (folder) => role.statements[0]?.actions.map((action) => ({ action, resource: `${bucket}/${folder}/1` })) ?? [],
  );
  expect(unusedGrants([role], calls(...all))).toEqual([]);
});

it('a justification covers the roles, the actions and the resource that it names', () => {
  const justification = { roles: /^reader$/, actions: /^s3:PutObject$/, resource: /\/b\//, reason: 'of the test' };
  const grant = { role: 'reader', action: 's3:PutObject', resource: `${bucket}/b/*` };
  expect(covers(justification, grant)).toBe(true);
  for (const other of [{ role: 'writer' }, { action: 's3:GetObject' }, { resource: `${bucket}/a/*` }])
    expect(covers(justification, { ...grant, ...other })).toBe(false);
});

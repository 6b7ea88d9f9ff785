import { isAllowed, type PolicyStatement, type RecordedDeed } from '@dropforge/local';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageTemplate } from '../template/package-template.ts';
import { type Collected, collectCalls } from './collect-calls.ts';
import { checkEvent } from './event-shapes.ts';
import { unusedGrants } from './find-unused.ts';
import { covers, justified, wildcards } from './justified.ts';
import {
  rolesOfFunctions,
  type Template,
  type TemplateRole,
  templateRoles,
  writtenStatements,
} from './template-roles.ts';

let collected: Collected;
/** Calls, and what AWS did for them. */
let uses: RecordedDeed[];
let template: Template;
let roles: TemplateRole[];

/** Generous, since other suites share the machine; a quiet one needs less than a minute. */
const patienceMilliseconds = 1_800_000;

beforeAll(async () => {
  [collected, template] = await Promise.all([collectCalls(), packageTemplate({ stage: 'dev' })]);
  uses = [...collected.calls, ...collected.deeds];
  roles = templateRoles(template, collected.description);
}, patienceMilliseconds);

const lines = (items: readonly unknown[]) => [...new Set(items.map((item) => JSON.stringify(item)))].sort();

describe('each function', () => {
  it('has a role that no other function has', () => {
    const ofFunctions = rolesOfFunctions(template, collected.description);
    expect(ofFunctions.map(([, key]) => key).sort()).toEqual(
      collected.description.functions.map(({ key }) => key).sort(),
    );
    expect(new Set(ofFunctions.map(([role]) => role)).size).toBe(ofFunctions.length);
  });

  it('was called, and called AWS', () => {
    const callers = new Set(
      collected.calls.filter(({ caller }) => caller.kind === 'function').map(({ caller }) => caller.name),
    );
    expect(collected.description.functions.map(({ key }) => key).filter((key) => !callers.has(key))).toEqual([]);
  });
});

describe('the packaged roles', () => {
  it('allow every call that was made with them, and all that AWS does for it', () => {
    const missing = uses.flatMap(({ caller, operation, permissions }) => {
      if (caller.kind === 'account') return [];
      const { statements = [] } =
        roles.find(({ functionKey, logicalId }) => (functionKey ?? logicalId) === caller.name) ?? {};
      const lacking = permissions.filter((permission) => !isAllowed(statements, permission));
      return lacking.map(({ action, resource }) => ({ caller: caller.name, operation, action, resource }));
    });
    expect(lines(missing)).toEqual([]);
  });

  it('are what serverless.yml says, besides the log, and the queue that triggers', () => {
    const grants = (statements: readonly PolicyStatement[]) =>
      new Set(
        statements.flatMap(({ effect, actions, resources, conditions }) =>
          actions.flatMap((action) =>
            resources.map((resource) => JSON.stringify({ effect, action, resource, conditions })),
          ),
        ),
      );
    for (const { key, roleStatements } of collected.description.functions) {
      const packaged = grants(roles.find(({ functionKey }) => functionKey === key)?.statements ?? []);
      const written = grants(roleStatements);
      expect(
        [...written].filter((grant) => !packaged.has(grant)),
        key,
      ).toEqual([]);
      const added = [...packaged].filter((grant) => !written.has(grant));
      expect(
        added.filter((grant) => !/"(logs:\w+|sqs:(Receive|Delete)Message|sqs:GetQueueAttributes)"/.test(grant)),
        key,
      ).toEqual([]);
    }
  });

  it('allow nothing that no call needs, but for what is justified', () => {
    const unused = unusedGrants(roles, uses).filter((grant) => !justified.some((one) => covers(one, grant)));
    expect(lines(unused)).toEqual([]);
  });

  it('need every justification that is written down', () => {
    const unused = unusedGrants(roles, uses);
    const stale = justified.filter((one) => !unused.some((grant) => covers(one, grant)));
    expect(stale.map(({ reason }) => reason)).toEqual([]);
  });

  it('name their resources, but for actions that have none', () => {
    const found = writtenStatements(template).flatMap(({ owner, statement: { Action, Resource } }) =>
      [Resource].flat().includes('*') ? [Action].flat().map((action) => ({ owner, action: String(action) })) : [],
    );
    const known = ({ owner, action }: { owner: string; action: string }) =>
      wildcards.filter((one) => one.owner.test(owner) && one.actions.test(action));
    expect(lines(found.filter((one) => known(one).length === 0))).toEqual([]);
    const needed = new Set(found.flatMap(known));
    expect(wildcards.filter((one) => !needed.has(one)).map(({ reason }) => reason)).toEqual([]);
  });

  it('allow no action by a wildcard', () => {
    const actions = writtenStatements(template).flatMap(({ owner, statement }) =>
      [statement.Action].flat().map((action) => `${owner}: ${action}`),
    );
    expect(actions.filter((action) => /[*?]/.test(action))).toEqual([]);
  });
});

describe('the embedded cloud', () => {
  it('refused nothing, with the same roles read from serverless.yml', () => {
    expect(
      lines(uses.flatMap(({ caller, refused }) => (refused ? [{ caller: caller.name, ...refused }] : []))),
    ).toEqual([]);
  });

  it("says AWS's events in AWS's form", () => {
    const kinds = new Set(collected.events.map((event) => event['detail-type']));
    expect([...kinds].sort()).toEqual([
      'Greengrass V2 Effective Deployment Status Change',
      'Object Created',
      'SageMaker Processing Job State Change',
      'SageMaker Training Job State Change',
    ]);
    expect(lines(collected.events.flatMap(checkEvent))).toEqual([]);
  });
});

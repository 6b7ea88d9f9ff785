/** Policies of serverless.yml: each function's own statements, and the roles that AWS services take on. */
import { isConditionOperator, type PolicyCondition, type PolicyStatement } from '../access/policy.ts';
import type { RoleDescription } from './description.ts';
import type { Reader } from './read-serverless-file.ts';
import type { StackResource } from './resource-references.ts';
import { ServerlessFileError } from './serverless-file-error.ts';
import { asRecord, asText } from './values.ts';

/** Only who is taken on here has its statements read: other roles may use what the embedded cloud cannot resolve. */
const TAKEN_ON_BY = ['sagemaker.amazonaws.com', 'credentials.iot.amazonaws.com'];

export function readRoles(resources: ReadonlyMap<string, StackResource>, reader: Reader): RoleDescription[] {
  return [...resources].flatMap(([logicalId, { type, properties, place }]) => {
    if (type !== 'AWS::IAM::Role') return [];
    const trust = reader.resolve(properties.AssumeRolePolicyDocument ?? {}, place);
    const trusts = TAKEN_ON_BY.filter((service) => JSON.stringify(trust).includes(`"${service}"`));
    if (trusts.length === 0) return [];
    const policies = listOf(reader.resolve(properties.Policies ?? [], place));
    const statements = policies.flatMap((policy) => {
      const document = asRecord(asRecord(policy, place).PolicyDocument, place);
      return readStatements(document.Statement, `${place}.Policies`);
    });
    const { ref: name, attributes } = reader.references.get(logicalId) ?? { ref: logicalId, attributes: {} };
    return [{ logicalId, name, arn: attributes.Arn ?? '', trusts, statements }];
  });
}

/** @throws ServerlessFileError for an element or an operator that the evaluator does not know: it would allow too much. */
export function readStatements(value: unknown, place: string): PolicyStatement[] {
  return listOf(value ?? []).map((item, index) =>
    readStatement(asRecord(item, `${place}[${index}]`), `${place}[${index}]`),
  );
}

const ELEMENTS = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

function readStatement(statement: Record<string, unknown>, place: string): PolicyStatement {
  const stray = Object.keys(statement).find((name) => !ELEMENTS.includes(name));
  if (stray !== undefined) throw new ServerlessFileError('VALUE_INVALID', place, `${stray} is not known here`);
  const { Effect: effect, Action, Resource, Condition } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw new ServerlessFileError('VALUE_INVALID', place, 'has no Effect');
  return {
    effect,
    actions: texts(Action, `${place}.Action`),
    resources: texts(Resource, `${place}.Resource`),
    conditions: readConditions(Condition ?? {}, `${place}.Condition`),
  };
}

function readConditions(value: unknown, place: string): PolicyCondition[] {
  return Object.entries(asRecord(value, place)).flatMap(([operator, keys]) => {
    if (!isConditionOperator(operator)) {
      throw new ServerlessFileError('VALUE_INVALID', place, `the operator ${operator} is not known here`);
    }
    const entries = Object.entries(asRecord(keys, `${place}.${operator}`));
    return entries.map(([key, values]) => ({ operator, key, values: texts(values, `${place}.${operator}.${key}`) }));
  });
}

function texts(value: unknown, place: string): string[] {
  return listOf(value).map((item) => asText(typeof item === 'boolean' ? String(item) : item, place));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

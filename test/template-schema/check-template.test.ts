// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are CloudFormation's
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkTemplate } from './check-template.ts';
import type { Template } from './template.ts';

let database: ReturnType<typeof loadAwsServiceSpecSync>;
beforeAll(() => {
  database = loadAwsServiceSpecSync();
});

/** One of everything that the check knows about, without a fault. */
function sound() {
  return {
    Parameters: { Days: { Type: 'Number' } },
    Conditions: { IsLarge: { 'Fn::Equals': [{ Ref: 'Days' }, '30'] } },
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        DeletionPolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'listing',
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
          Tags: [{ Key: 'project', Value: 'dropforge' }],
        },
      },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Condition: 'IsLarge',
        Properties: {
          MessageRetentionPeriod: { 'Fn::If': ['IsLarge', 1_209_600, { Ref: 'AWS::NoValue' }] },
          SqsManagedSseEnabled: 'true',
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        DependsOn: ['Table', 'Queue'],
        Properties: {
          Code: { ZipFile: '' },
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          PackageType: 'Zip',
          Environment: { Variables: { TABLE: { Ref: 'Table' } } },
          DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': 'Queue.Arn' } },
        },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Resource: { 'Fn::Sub': '${Table.Arn}/index/${AWS::Region}/${!literal}' } }],
          },
          Description: { 'Fn::Sub': ['of ${name}', { name: { Ref: 'Days' } }] },
        },
      },
      Own: {
        Type: 'Custom::Anything',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, what: 'ever' },
      },
    },
    Outputs: { Answer: { Value: { 'Fn::GetAtt': ['Own', 'Whatever'] } } },
  };
}

const check = (template: Template) => checkTemplate(template, database);

describe('a template', () => {
  it('without a fault has none', () => {
    expect(check(sound())).toEqual([]);
  });

  type Plant = (template: ReturnType<typeof sound>) => unknown;
  /** Writes a value, or removes what is there, along a path. */
  const plant =
    (path: string, value?: unknown): Plant =>
    (template) => {
      const names = path.split('.');
      const last = names.pop() ?? '';
      const parent = names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], template); // the path is of this file
      if (value === undefined) return Reflect.deleteProperty(parent as object, last); // the same
      return Reflect.set(parent as object, last, value); // the same
    };
  const table = 'Resources.Table.Properties';

  it.each<[string, Plant, string, string]>([
    ['a type that does not exist', plant('Resources.Table.Type', 'AWS::DynamoDB::Tabel'), 'UNKNOWN_TYPE', 'Table'],
    ['a misspelt property', plant(`${table}.BilingMode`, 'x'), 'UNKNOWN_PROPERTY', 'Table.Properties.BilingMode'],
    [
      'a misspelt property in a list that might be JSON as well',
      plant(`${table}.KeySchema.0`, { AttributeNam: 'pk', AttributeName: 'pk', KeyType: 'HASH' }),
      'UNKNOWN_PROPERTY',
      'Table.Properties.KeySchema.0.AttributeNam',
    ],
    [
      'a misspelt property far below',
      plant(`${table}.GlobalSecondaryIndexes.0.KeySchema.0.KeyTyp`, 'HASH'),
      'UNKNOWN_PROPERTY',
      'Table.Properties.GlobalSecondaryIndexes.0.KeySchema.0.KeyTyp',
    ],
    [
      'a required property that is missing',
      plant(`${table}.KeySchema`),
      'MISSING_PROPERTY',
      'Table.Properties.KeySchema',
    ],
    [
      'a required property that is missing far below',
      plant(`${table}.GlobalSecondaryIndexes.0.Projection`),
      'MISSING_PROPERTY',
      'Table.Properties.GlobalSecondaryIndexes.0.Projection',
    ],
    [
      'a required property that is missing in a list that might be JSON as well',
      plant(`${table}.KeySchema.0.KeyType`),
      'MISSING_PROPERTY',
      'Table.Properties.KeySchema.0.KeyType',
    ],
    ['a tag without a value', plant(`${table}.Tags.0.Value`), 'MISSING_PROPERTY', 'Table.Properties.Tags.0.Value'],
    ['an object where a list belongs', plant(`${table}.Tags`, { a: 'b' }), 'WRONG_KIND', 'Table.Properties.Tags'],
    [
      'a word where a number belongs, in one branch of a condition',
      plant('Resources.Queue.Properties.MessageRetentionPeriod.Fn::If.1', 'two weeks'),
      'WRONG_KIND',
      'Queue.Properties.MessageRetentionPeriod',
    ],
    [
      'a word where true or false belongs',
      plant('Resources.Queue.Properties.SqsManagedSseEnabled', 'yes'),
      'WRONG_KIND',
      'Queue.Properties.SqsManagedSseEnabled',
    ],
    [
      'a list where a text belongs',
      plant('Resources.Function.Properties.Environment.Variables.TABLE', ['a']),
      'WRONG_KIND',
      'Function.Properties.Environment.Variables.TABLE',
    ],
    [
      'a value outside an enumeration',
      plant('Resources.Function.Properties.PackageType', 'Zipp'),
      'UNKNOWN_VALUE',
      'Function.Properties.PackageType',
    ],
    [
      'an unknown deletion policy',
      plant('Resources.Table.DeletionPolicy', 'Keep'),
      'UNKNOWN_VALUE',
      'Table.DeletionPolicy',
    ],
    [
      'an attribute that no resource has',
      plant('Resources.Table.Depends', 'Queue'),
      'UNKNOWN_PROPERTY',
      'Table.Depends',
    ],
    [
      'a Ref to nothing',
      plant('Resources.Function.Properties.Environment.Variables.TABLE.Ref', 'Tabel'),
      'UNKNOWN_TARGET',
      'Function.Properties.Environment.Variables.TABLE',
    ],
    [
      'a GetAtt of nothing',
      plant('Resources.Function.Properties.Role.Fn::GetAtt.0', 'Rolle'),
      'UNKNOWN_TARGET',
      'Function.Properties.Role',
    ],
    [
      'a GetAtt of an attribute that is not there',
      plant('Resources.Function.Properties.DeadLetterConfig.TargetArn.Fn::GetAtt', 'Queue.Url'),
      'UNKNOWN_ATTRIBUTE',
      'Function.Properties.DeadLetterConfig.TargetArn',
    ],
    [
      'a Sub of nothing, inside of a policy',
      plant('Resources.Role.Properties.AssumeRolePolicyDocument.Statement.0.Resource.Fn::Sub', '${Tabel.Arn}'),
      'UNKNOWN_TARGET',
      'Role.Properties.AssumeRolePolicyDocument.Statement.0.Resource',
    ],
    [
      'a DependsOn of nothing',
      plant('Resources.Function.DependsOn.0', 'Tabel'),
      'UNKNOWN_TARGET',
      'Function.DependsOn',
    ],
    [
      'a condition that nobody defined',
      plant('Resources.Queue.Condition', 'IsHuge'),
      'UNKNOWN_TARGET',
      'Queue.Condition',
    ],
    [
      'a condition inside of a value that nobody defined',
      plant('Resources.Queue.Properties.MessageRetentionPeriod.Fn::If.0', 'IsHuge'),
      'UNKNOWN_TARGET',
      'Queue.Properties.MessageRetentionPeriod',
    ],
  ])('with %s has that fault and no other', (_what, fault, code, place) => {
    const template = sound();
    fault(template);
    expect(check(template).map((found) => [found.code, found.place])).toEqual([[code, `Resources.${place}`]]);
  });

  it('with an output of nothing has that fault', () => {
    const template = { ...sound(), Outputs: { Answer: { Value: { Ref: 'Nothing' } } } };
    expect(check(template)).toEqual([
      { place: 'Outputs.Answer.Value', code: 'UNKNOWN_TARGET', message: 'nothing is called Nothing' },
    ]);
  });

  it('says what would have been right', () => {
    const template = sound();
    plant('Resources.Table.Properties.Tags.0.Valeu', 'x')(template);
    expect(check(template)[0]?.message).toBe('there is no Valeu; there are Key, Value');
  });
});

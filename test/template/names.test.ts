// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are placeholders of CloudFormation
import { beforeAll, describe, expect, it } from 'vitest';
import { ofType, type PackagedTemplate, packageTemplate } from './package-template.ts';

/** The longest stage and region that there may be. */
const stage = 'sixteencharstage';
const region = 'ap-southeast-1';
const accountId = '123456789012';

let template: PackagedTemplate;
beforeAll(async () => {
  template = await packageTemplate({ stage, region });
});

/** What a name property may hold: most characters, and of which kind. Sources: each type's page in the CloudFormation reference. */
const limits: Record<string, readonly [property: string, most: number, pattern: RegExp]> = {
  'AWS::ApiGatewayV2::Api': ['Name', 128, /^.+$/],
  'AWS::CloudWatch::Alarm': ['AlarmName', 255, /^[ -~]+$/],
  'AWS::CloudWatch::Dashboard': ['DashboardName', 255, /^[\w-]+$/],
  'AWS::CodeBuild::Project': ['Name', 255, /^[A-Za-z0-9][\w-]+$/],
  'AWS::ECR::Repository': ['RepositoryName', 256, /^[a-z0-9]+([._/-][a-z0-9]+)*$/],
  'AWS::EventSchemas::Registry': ['RegistryName', 64, /^[\w.-]+$/],
  'AWS::Events::Archive': ['ArchiveName', 48, /^[\w.-]+$/],
  'AWS::Events::EventBus': ['Name', 256, /^[\w./-]+$/],
  'AWS::Events::Rule': ['Name', 64, /^[\w.-]+$/],
  'AWS::IoT::Policy': ['PolicyName', 128, /^[\w+=,.@-]+$/],
  'AWS::IoT::RoleAlias': ['RoleAlias', 128, /^[\w=,@-]+$/],
  'AWS::IoT::ThingGroup': ['ThingGroupName', 128, /^[\w:-]+$/],
  'AWS::KMS::Alias': ['AliasName', 256, /^alias\/[\w/-]+$/],
  'AWS::Lambda::Function': ['FunctionName', 64, /^[\w-]+$/],
  'AWS::Logs::LogGroup': ['LogGroupName', 512, /^[\w./#-]+$/],
  'AWS::SNS::Topic': ['TopicName', 256, /^[\w-]+$/],
  'AWS::SQS::Queue': ['QueueName', 80, /^[\w-]+$/],
  'AWS::SecretsManager::Secret': ['Name', 512, /^[\w/+=.@-]+$/],
};

describe('every name', () => {
  it.each(Object.entries(limits))('of %s carries the stage and fits', (type, [property, most, pattern]) => {
    const resources = ofType(template, type);
    expect(resources.length, 'none of this type').toBeGreaterThan(0);
    for (const [logicalId, { Properties }] of resources) {
      const name = settle(Properties[property]);
      expect(name.length, name).toBeLessThanOrEqual(most);
      expect(name, logicalId).toMatch(pattern);
      expect(carriesStage(name), `${logicalId}: ${name}`).toBe(true);
    }
  });

  it('that CloudFormation makes carries it as well, because the stack does', () => {
    const named = [...Object.keys(limits), ...withoutName];
    const others = Object.entries(template.Resources).filter(([, { Type }]) => !named.includes(Type));
    expect(others.map(([logicalId, { Type }]) => `${logicalId}: ${Type}`)).toEqual([]);
  });

  it('of a target of a rule fits 64 characters', () => {
    for (const [, { Properties }] of ofType(template, 'AWS::Events::Rule')) {
      for (const { Id } of Properties.Targets) expect(Id.length, Id).toBeLessThanOrEqual(64);
    }
  });

  it('of an export of the stack carries it', () => {
    const { Outputs } = template as unknown as { Outputs: Record<string, { Export?: { Name: string } }> }; // the part that is not in the type
    for (const { Export } of Object.values(Outputs)) if (Export) expect(Export.Name).toContain(stage);
  });
});

/** Types that have no name, or leave it to CloudFormation, which begins it with the stack's: `dropforge-<stage>-…`. */
const withoutName = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::DynamoDB::Table',
  'AWS::EventSchemas::Schema', // in the stage's own registry
  'AWS::IAM::Policy', // within its role
  'AWS::IAM::Role',
  'AWS::IoT::TopicRule',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Permission',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

/** A rule's name is hashed where it would be too long; its beginning is kept. */
function carriesStage(name: string): boolean {
  return name.includes(stage) || /^dropforge-sixteenchars\w*[0-9a-f]{32}-rule-\d+$/.test(name);
}

/** The name as it will be, with the values that CloudFormation puts in at their longest. */
function settle(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': substitution } = value as { 'Fn::Sub'?: string | [string] }; // the one function that our names use
  const [text = ''] = Array.isArray(substitution) ? substitution : [substitution];
  return text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll(/\$\{\w+\}/g, 'a1b2c3d4');
}

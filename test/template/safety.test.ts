import { beforeAll, describe, expect, it } from 'vitest';
import { ofType, type PackagedResource, type PackagedTemplate, packageTemplate } from './package-template.ts';

let template: PackagedTemplate;
let withTokens: PackagedTemplate;
beforeAll(async () => {
  [template, withTokens] = await Promise.all([
    packageTemplate({ stage: 'dev' }),
    packageTemplate({
      stage: 'dev',
      parameters: { apiAuthorizer: 'jwt', jwtIssuer: 'https://issuer.example', jwtAudience: 'dropforge' },
    }),
  ]);
});

describe('every function', () => {
  it('has a role of its own, and no other role is there for functions', () => {
    const functions = ofType(template, 'AWS::Lambda::Function');
    const roles = functions.map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);
    expect(new Set(roles).size).toBe(functions.length);
    const trusted = ofType(template, 'AWS::IAM::Role').filter(([, role]) =>
      JSON.stringify(role.Properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'),
    );
    expect(trusted.map(([logicalId]) => logicalId).toSorted()).toEqual(roles.toSorted());
  });

  it('may write its traces and its own log, whose group it cannot make', () => {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      const statements = statementsOf(template.Resources[Properties.Role['Fn::GetAtt'][0]]);
      const actions = statements.flatMap(({ Action }) => Action);
      expect(actions, logicalId).toEqual(expect.arrayContaining(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']));
      expect(actions, logicalId).not.toContain('logs:CreateLogGroup');
      const logs = statements.find(({ Action }) => Action.includes('logs:PutLogEvents'));
      expect(JSON.stringify(logs?.Resource), logicalId).toContain(`/aws/lambda/${Properties.FunctionName}:`);
      expect(Properties.TracingConfig, logicalId).toEqual({ Mode: 'Active' });
    }
  });
});

it('every log group forgets', () => {
  const groups = ofType(template, 'AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThan(ofType(template, 'AWS::Lambda::Function').length);
  for (const [logicalId, { Properties }] of groups) expect(Number(Properties.RetentionInDays), logicalId).toBe(30);
});

describe('what outlives the stack', () => {
  it('is the bucket with its policy and the table', () => {
    const kept = Object.entries(template.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(kept.map(([logicalId]) => logicalId).toSorted()).toEqual(['Bucket', 'BucketPolicy', 'Table']);
    for (const [logicalId, { UpdateReplacePolicy }] of kept) expect(UpdateReplacePolicy, logicalId).toBe('Retain');
  });

  it('can be taken back to what it was', () => {
    expect(template.Resources.Bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(template.Resources.Table?.Properties.PointInTimeRecoverySpecification).toEqual({
      PointInTimeRecoveryEnabled: true,
    });
  });
});

describe('nothing is open to the public', () => {
  const closed = {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  };

  it('no bucket, and each only by TLS', () => {
    const buckets = ofType(template, 'AWS::S3::Bucket');
    for (const [logicalId, { Properties }] of buckets) {
      expect(Properties.PublicAccessBlockConfiguration, logicalId).toEqual(closed);
      expect(Properties.BucketEncryption, logicalId).toBeDefined();
    }
    const policies = ofType(template, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => JSON.stringify(Properties));
    for (const [logicalId] of buckets) {
      const own = policies.filter((policy) => policy.includes(`"Bucket":{"Ref":"${logicalId}"}`));
      expect(own, logicalId).toHaveLength(1);
      expect(own[0], logicalId).toMatch(/"Effect":"Deny".*"aws:SecureTransport":"?false/);
    }
  });

  it('no queue, topic or key', () => {
    const documents = [
      ...['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::KMS::Key'].flatMap((type) => ofType(template, type)),
    ].map(([logicalId, { Properties }]) => [logicalId, Properties.PolicyDocument ?? Properties.KeyPolicy] as const);
    for (const [logicalId, { Statement }] of documents) {
      for (const { Effect, Principal } of Statement) if (Effect === 'Allow') expect(Principal, logicalId).not.toBe('*');
    }
  });

  it('no role to a service that acts for another account', () => {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::IAM::Role')) {
      for (const { Principal, Condition } of Properties.AssumeRolePolicyDocument.Statement) {
        const services = [Principal.Service].flat();
        expect(Object.keys(Principal), logicalId).toEqual(['Service']);
        if (services.includes('lambda.amazonaws.com')) continue; // takes a role of the function's own account only
        expect(Condition, logicalId).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
      }
    }
  });
});

describe('every route', () => {
  /** Routes that anybody may call: one says nothing, the others check a signature of their own. */
  const open = /^(GET \/health|POST \/slack\/[a-z]+)$/;

  it('takes signed requests of the account unless it is open', () => {
    const routes = ofType(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
    expect(routes.length).toBeGreaterThan(10);
    for (const { RouteKey, AuthorizationType } of routes) {
      expect(AuthorizationType, RouteKey).toBe(open.test(RouteKey) ? undefined : 'AWS_IAM');
    }
    expect(ofType(template, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('takes tokens where a parameter says so', () => {
    for (const [, { Properties }] of ofType(withTokens, 'AWS::ApiGatewayV2::Route')) {
      const guarded = !open.test(Properties.RouteKey);
      expect(Properties.AuthorizationType, Properties.RouteKey).toBe(guarded ? 'JWT' : undefined);
      if (guarded) expect(Properties.AuthorizerId).toEqual({ Ref: 'HttpApiAuthorizerJwt' });
    }
    expect(withTokens.Resources.HttpApiAuthorizerJwt?.Properties.JwtConfiguration).toEqual({
      Audience: ['dropforge'],
      Issuer: 'https://issuer.example',
    });
  });

  it('is throttled, logged, and given to the function in the one format that it reads', () => {
    const [[, stage] = []] = ofType(template, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 });
    expect(JSON.parse(stage?.Properties.AccessLogSettings.Format)).toMatchObject({ routeKey: '$context.routeKey' });
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties.PayloadFormatVersion, logicalId).toBe('2.0');
    }
  });
});

/** Actions as a list, whatever the template has. */
function statementsOf(role: PackagedResource | undefined): { Action: string[]; Resource: unknown }[] {
  return (role?.Properties.Policies ?? []).flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } }) =>
      PolicyDocument.Statement.map(({ Action, Resource }) => ({ Action: [Action].flat(), Resource })),
  );
}

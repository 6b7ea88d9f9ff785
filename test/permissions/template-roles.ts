/** The roles of the packaged template, their ARNs as the embedded cloud has them, so that recorded calls can be held against them. */
import { type CloudDescription, type PolicyStatement, readStatements } from '@dropforge/local';
import { resolveIntrinsics } from '../../local/src/serverless-file/intrinsics.ts';
import { createResourceReferences, type StackResource } from '../../local/src/serverless-file/resource-references.ts';

export interface Template {
  readonly Resources: Readonly<Record<string, { Type: string; Properties?: Readonly<Record<string, unknown>> }>>;
}

export interface TemplateRole {
  readonly logicalId: string;
  /** The function's key; undefined for the role of an AWS service. */
  readonly functionKey: string | undefined;
  readonly statements: readonly PolicyStatement[];
}

/** Every function's role and those that are taken on here. @throws ServerlessFileError for a policy that cannot be read */
export function templateRoles(template: Template, description: CloudDescription): TemplateRole[] {
  const resolve = resolver(template, description);
  const ofFunctions = rolesOfFunctions(template, description);
  const taken = [...ofFunctions, ...description.roles.map(({ logicalId }) => [logicalId, undefined] as const)];
  return taken.map(([logicalId, functionKey]) => {
    const { Policies = [] } = template.Resources[logicalId]?.Properties ?? {};
    const documents = (resolve(Policies, logicalId) as { PolicyDocument: { Statement: unknown } }[]).map(
      ({ PolicyDocument }) => PolicyDocument, // CloudFormation's form of an inline policy
    );
    const statements = documents.flatMap(({ Statement }) => readStatements(Statement, logicalId));
    return { logicalId, functionKey, statements };
  });
}

/** Logical id of the role and key of the function, for each function. */
export function rolesOfFunctions({ Resources }: Template, { functions }: CloudDescription): [string, string][] {
  return Object.values(Resources).flatMap(({ Type, Properties = {} }): [string, string][] => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const { key } = functions.find(({ name }) => name === Properties.FunctionName) ?? {};
    const [role] = (Properties.Role as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt'] ?? []; // as the framework writes it
    return key === undefined || role === undefined ? [] : [[role, key]];
  });
}

/** A policy's statements as they are written, of roles and of what devices' certificates carry. */
export function writtenStatements({ Resources }: Template): { owner: string; statement: Record<string, unknown> }[] {
  return Object.entries(Resources).flatMap(([owner, { Type, Properties = {} }]) => {
    const inline = Type === 'AWS::IAM::Role' ? (Properties.Policies ?? []) : [];
    const whole = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IoT::Policy'].includes(Type)
      ? [Properties]
      : [];
    const policies = [...(inline as Record<string, unknown>[]), ...whole]; // CloudFormation's form
    return policies.flatMap(({ PolicyDocument }) => {
      const { Statement } = PolicyDocument as { Statement: Record<string, unknown>[] }; // a policy is nothing without
      return Statement.map((statement) => ({ owner, statement }));
    });
  });
}

function resolver({ Resources }: Template, description: CloudDescription) {
  const { service, stage, region, accountId } = description;
  const pseudoParameters = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': `${service}-${stage}`,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${service}-${stage}/local`,
  };
  const resources = new Map<string, StackResource>(
    Object.entries(Resources).map(([logicalId, { Type: type, Properties = {} }]) => [
      logicalId,
      { type, properties: { ...Properties }, place: logicalId },
    ]),
  );
  const awsEndpoint = new URL(description.queues[0]?.url ?? 'http://local').origin;
  // The framework's own bucket, for deployments, is in the template only.
  const stack = {
    name: `${service}-${stage}`,
    service,
    bucketCount: 1,
    region,
    accountId,
    awsEndpoint,
    pseudoParameters,
  };
  const references = createResourceReferences(resources, new Map(), stack);
  return (value: unknown, place: string) =>
    resolveIntrinsics(value, place, { resources: references, pseudoParameters });
}

/** What `Ref` and `Fn::GetAtt` give for the resources of the stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html */
import { createHash } from 'node:crypto';
import { resolveIntrinsics } from './intrinsics.ts';
import { ServerlessFileError } from './serverless-file-error.ts';

export interface ResourceReference {
  ref: string;
  attributes: Record<string, string>;
}

export interface ResourceReferences {
  get(logicalId: string): ResourceReference | undefined;
  keys(): Iterable<string>;
}

export interface Stack {
  /** `<service>-<stage>`, the prefix of names that the file does not give. */
  name: string;
  service: string;
  bucketCount: number;
  region: string;
  accountId: string;
  /** Base of queue URLs. */
  awsEndpoint: string;
  pseudoParameters: Record<string, string>;
}

/** A resource as it stands in `resources.Resources`. */
export interface StackResource {
  type: string;
  properties: Record<string, unknown>;
  place: string;
}

/** Works the references out on demand, because a resource's name may refer to another resource. */
export function createResourceReferences(
  resources: ReadonlyMap<string, StackResource>,
  known: ReadonlyMap<string, ResourceReference>,
  stack: Stack,
): ResourceReferences {
  const open = new Set<string>();
  const references: ResourceReferences = {
    keys: () => [...resources.keys(), ...known.keys()],
    get(logicalId) {
      const resource = resources.get(logicalId);
      if (resource === undefined) return known.get(logicalId);
      if (open.has(logicalId)) {
        throw new ServerlessFileError('VALUE_INVALID', resource.place, `the name of ${logicalId} refers to itself`);
      }
      open.add(logicalId);
      try {
        return describe(logicalId, resource, stack, references);
      } finally {
        open.delete(logicalId);
      }
    },
  };
  return references;
}

function describe(logicalId: string, resource: StackResource, stack: Stack, resources: ResourceReferences) {
  const type = types.get(resource.type) ?? otherType(resource.type);
  const context = { resources, pseudoParameters: stack.pseudoParameters };
  const given = type.nameProperty === undefined ? undefined : resource.properties[type.nameProperty];
  const name = given === undefined ? undefined : resolveIntrinsics(given, resource.place, context);
  if (name !== undefined && typeof name !== 'string') {
    throw new ServerlessFileError('VALUE_INVALID', resource.place, `${type.nameProperty} must be a text`);
  }
  return type.reference(name ?? type.generatedName?.(stack, logicalId) ?? `${stack.name}-${logicalId}`, stack);
}

interface ResourceType {
  nameProperty: string | undefined;
  generatedName?: (stack: Stack, logicalId: string) => string;
  reference(name: string, stack: Stack): ResourceReference;
}

const types = new Map<string, ResourceType>([
  [
    'AWS::S3::Bucket',
    {
      nameProperty: 'BucketName',
      // Without the stage, because a bucket that the file does not name is the one that people type.
      generatedName: (stack, logicalId) =>
        (stack.bucketCount === 1 ? stack.service : `${stack.service}-${logicalId}`).toLowerCase(),
      reference: (name) => ({ ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }),
    },
  ],
  ['AWS::DynamoDB::Table', named('TableName', 'dynamodb', (name) => `table/${name}`)],
  [
    'AWS::Events::EventBus',
    named(
      'Name',
      'events',
      (name) => `event-bus/${name}`,
      (name) => ({ Name: name }),
    ),
  ],
  [
    'AWS::SQS::Queue',
    {
      nameProperty: 'QueueName',
      reference: (name, stack) => {
        const url = `${stack.awsEndpoint}/${stack.accountId}/${name}`;
        return { ref: url, attributes: { Arn: arn(stack, 'sqs', name), QueueName: name, QueueUrl: url } };
      },
    },
  ],
  [
    'AWS::SecretsManager::Secret',
    {
      nameProperty: 'Name',
      reference: (name, stack) => {
        // The service adds six characters of its own to the name; here they stay the same for ever.
        const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
        const secret = arn(stack, 'secretsmanager', `secret:${name}-${suffix}`);
        return { ref: secret, attributes: { Id: secret } };
      },
    },
  ],
  [
    'AWS::KMS::Key',
    {
      nameProperty: undefined,
      reference: (name, stack) => {
        // The service chooses a UUID; here a key keeps its own from start to start.
        const hex = createHash('sha256').update(name).digest('hex');
        const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
          '-',
        );
        return { ref: id, attributes: { Arn: arn(stack, 'kms', `key/${id}`), KeyId: id } };
      },
    },
  ],
  [
    'AWS::IAM::Role',
    {
      nameProperty: 'RoleName',
      reference: (name, stack) => ({
        ref: name,
        attributes: { Arn: `arn:aws:iam::${stack.accountId}:role/${name}`, RoleId: name },
      }),
    },
  ],
  [
    'AWS::ECR::Repository',
    named(
      'RepositoryName',
      'ecr',
      (name) => `repository/${name}`,
      (name, stack) => ({
        RepositoryUri: `${stack.accountId}.dkr.ecr.${stack.region}.amazonaws.com/${name}`,
      }),
    ),
  ],
]);

function named(
  nameProperty: string,
  service: string,
  resource: (name: string) => string,
  more: (name: string, stack: Stack) => Record<string, string> = () => ({}),
): ResourceType {
  return {
    nameProperty,
    reference: (name, stack) => ({
      ref: name,
      attributes: { Arn: arn(stack, service, resource(name)), ...more(name, stack) },
    }),
  };
}

/** Nothing is started for other types; a name and an ARN are enough for what merely mentions them. */
function otherType(type: string): ResourceType {
  const service = (type.split('::')[1] ?? 'unknown').toLowerCase();
  return named(usualNameProperty(type), service, (name) => name);
}

/** Most types that have a name at all call it `<Type>Name`. */
function usualNameProperty(type: string): string {
  return `${type.split('::')[2] ?? ''}Name`;
}

function arn(stack: Stack, service: string, resource: string): string {
  return `arn:aws:${service}:${stack.region}:${stack.accountId}:${resource}`;
}

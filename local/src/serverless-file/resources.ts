/** The resources of serverless.yml for which something is started: tables, buckets, buses, queues, secrets, keys. */
import type { BucketDescription, CloudDescription, SecretDescription, TableDescription } from './description.ts';
import { readKeys } from './keys.ts';
import { checkedQueues, readQueue } from './queue.ts';
import type { Reader } from './read-serverless-file.ts';
import type { ResourceReference, StackResource } from './resource-references.ts';
import { asRecord } from './values.ts';

type Resources = Pick<CloudDescription, 'tables' | 'buckets' | 'buses' | 'queues' | 'secrets' | 'keys'>;

/** Reads the types it knows; other resources only lend their names to references. */
export function readResources(resources: ReadonlyMap<string, StackResource>, reader: Reader): Resources {
  const ofType = <T>(type: string, read: (entry: Entry) => T): T[] =>
    [...resources]
      .filter(([, resource]) => resource.type === type)
      .map(([logicalId, { properties, place }]) => {
        const resolved = asRecord(reader.resolve({ ...properties }, place), place);
        const reference = reader.references.get(logicalId) ?? { ref: logicalId, attributes: {} };
        return read({ logicalId, properties: resolved, place, reference });
      });
  return {
    tables: ofType('AWS::DynamoDB::Table', readTable),
    buckets: ofType('AWS::S3::Bucket', readBucket),
    buses: ofType('AWS::Events::EventBus', ({ reference }) => reference.ref),
    queues: checkedQueues(ofType('AWS::SQS::Queue', readQueue)),
    secrets: ofType('AWS::SecretsManager::Secret', (entry) => readSecret(entry)),
    keys: readKeys(
      ofType('AWS::KMS::Key', (entry) => entry),
      ofType('AWS::KMS::Alias', (entry) => entry),
    ),
  };
}

export interface Entry {
  logicalId: string;
  properties: Record<string, unknown>;
  place: string;
  reference: ResourceReference;
}

function readTable({ logicalId, properties, reference }: Entry): TableDescription {
  return { logicalId, name: reference.ref, properties };
}

function readBucket({ logicalId, properties, place, reference }: Entry): BucketDescription {
  const notifications = asRecord(properties.NotificationConfiguration ?? {}, place);
  const announcing = notifications.EventBridgeConfiguration;
  const switchedOff = announcing !== undefined && asRecord(announcing, place).EventBridgeEnabled === false;
  const announces = announcing !== undefined && !switchedOff;
  const versioned = asRecord(properties.VersioningConfiguration ?? {}, place).Status === 'Enabled';
  return { logicalId, name: reference.ref, announces, versioned };
}

function readSecret({ logicalId, properties, place, reference }: Entry): SecretDescription {
  const arn = reference.ref;
  return {
    logicalId,
    // The ARN ends in the name and the service's own seven characters, `-` and six more.
    name: arn.slice(arn.indexOf(':secret:') + ':secret:'.length, -7),
    arn,
    value: typeof properties.SecretString === 'string' ? properties.SecretString : undefined,
    generate: asRecord(properties.GenerateSecretString ?? {}, place),
  };
}

/** Event schemas as AWS's own schema registry has them; the CDK's data carries them. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema-registry.html */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { EventTypeDefinition, PropertyType } from '@aws-cdk/service-spec-types';
import { z } from 'zod';

/** `<type>.<property>` by the registry's names: what stands there instead, where AWS's guide knows better. */
export type Corrections = Readonly<Record<string, z.ZodType>>;

const database = loadAwsServiceSpecSync();

/**
 * The schema of an event's detail. Fields that the registry does not have are errors unless a correction names them.
 * @throws Error if the registry has no such event
 */
export function registrySchema(source: string, detailType: string, corrections: Corrections): z.ZodType {
  const event = database.all('event').find((one) => one.source === source && one.detailType === detailType);
  if (event === undefined) throw new Error(`the registry has no ${detailType} of ${source}`);
  const root = database.get('eventTypeDefinition', event.rootProperty);
  return objectOf(root, corrections);
}

function objectOf({ name, properties }: EventTypeDefinition, corrections: Corrections): z.ZodType {
  const own = Object.entries(properties).map(([property, { type, required }]) => {
    const schema = corrections[`${name}.${property}`] ?? schemaOf(type, corrections);
    return [property, required === true && !schema.safeParse(undefined).success ? schema : schema.optional()] as const;
  });
  const added = Object.entries(corrections).flatMap(([path, schema]) => {
    const [type, property = ''] = path.split('.');
    return type === name && !(property in properties) ? [[property, schema] as const] : [];
  });
  return z.strictObject(Object.fromEntries([...own, ...added]));
}

function schemaOf(type: PropertyType, corrections: Corrections): z.ZodType {
  switch (type.type) {
    case 'string':
      return z.string();
    case 'number':
    case 'integer':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'array':
      return z.array(schemaOf(type.element, corrections));
    case 'ref':
      return objectOf(database.get('eventTypeDefinition', type.reference), corrections);
    case 'json':
      return z.looseObject({});
    default:
      throw new Error(`the registry's type ${type.type} is not known here`);
  }
}

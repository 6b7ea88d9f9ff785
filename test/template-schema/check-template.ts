/**
 * A template against AWS's resource specification: types, names of properties at every depth, required ones, kinds, values
 * of enumerations, and whether what is referred to is there. Lets through what is known at deployment only.
 * https://github.com/cdklabs/awscdk-service-spec
 */
import type { SpecDatabase } from '@aws-cdk/service-spec-types';
import { checkReferences, isFree } from './check-references.ts';
import { checkProperties } from './check-value.ts';
import type { Fault, Template, TemplateResource } from './template.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html */
const ATTRIBUTES = new Set([
  ...['Type', 'Properties', 'Metadata', 'Condition', 'DependsOn'],
  ...['CreationPolicy', 'UpdatePolicy', 'DeletionPolicy', 'UpdateReplacePolicy'],
]);
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  DeletionPolicy: ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'],
  UpdateReplacePolicy: ['Delete', 'Retain', 'Snapshot'],
};

export function checkTemplate(template: Template, database: SpecDatabase): Fault[] {
  return [
    ...Object.entries(template.Resources).flatMap(([logicalId, resource]) =>
      checkResource(resource, `Resources.${logicalId}`, database),
    ),
    ...checkReferences(template, database),
  ];
}

function checkResource(resource: TemplateResource, place: string, database: SpecDatabase): Fault[] {
  const faults = checkAttributes(resource, place);
  const { Type, Properties = {} } = resource;
  if (isFree(Type)) return faults;
  const [spec] = database.lookup('resource', 'cloudFormationType', 'equals', Type);
  if (!spec) return [...faults, { place, code: 'UNKNOWN_TYPE', message: `there is no resource type ${Type}` }];
  return [...faults, ...checkProperties(Properties, spec.properties, `${place}.Properties`, database)];
}

function checkAttributes(resource: TemplateResource, place: string): Fault[] {
  return Object.entries(resource).flatMap(([name, value]): Fault[] => {
    const at = `${place}.${name}`;
    if (!ATTRIBUTES.has(name)) return [{ place: at, code: 'UNKNOWN_PROPERTY', message: `no resource has ${name}` }];
    const known = POLICIES[name];
    if (!known || known.includes(String(value))) return [];
    return [{ place: at, code: 'UNKNOWN_VALUE', message: `"${value}" is none of ${known.join(', ')}` }];
  });
}

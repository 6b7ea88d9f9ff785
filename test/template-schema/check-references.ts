/** Whether everything that a template refers to is there. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
import type { SpecDatabase } from '@aws-cdk/service-spec-types';
import { type Fault, intrinsicOf, isObject, type Template } from './template.ts';

const PSEUDO_PARAMETERS = new Set(
  ['AccountId', 'NotificationARNs', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
    (name) => `AWS::${name}`,
  ),
);

export function checkReferences(template: Template, database: SpecDatabase): Fault[] {
  const { Resources, Parameters = {}, Conditions = {} } = template;

  function target(place: string, name: string): Fault[] {
    if (Object.hasOwn(Resources, name) || Object.hasOwn(Parameters, name) || PSEUDO_PARAMETERS.has(name)) return [];
    return [{ place, code: 'UNKNOWN_TARGET', message: `nothing is called ${name}` }];
  }

  function attribute(place: string, logicalId: string, name: string): Fault[] {
    const type = Object.hasOwn(Resources, logicalId) ? Resources[logicalId]?.Type : undefined;
    if (type === undefined) return [{ place, code: 'UNKNOWN_TARGET', message: `no resource is called ${logicalId}` }];
    if (isFree(type)) return [];
    const [spec] = database.lookup('resource', 'cloudFormationType', 'equals', type);
    // A type that is not known is a fault of its own.
    if (!spec || Object.hasOwn(spec.attributes, name)) return [];
    const known = Object.keys(spec.attributes).sort().join(', ');
    return [{ place, code: 'UNKNOWN_ATTRIBUTE', message: `${type} has no attribute ${name}; it has ${known}` }];
  }

  function condition(place: string, name: unknown): Fault[] {
    if (typeof name === 'string' && Object.hasOwn(Conditions, name)) return [];
    return [{ place, code: 'UNKNOWN_TARGET', message: `no condition is called ${name}` }];
  }

  function substitution(place: string, argument: unknown): Fault[] {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    // `${!name}` stands for itself.
    const names = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim());
    return names.flatMap((name) => {
      if (isObject(variables) && Object.hasOwn(variables, name)) return [];
      const [logicalId = '', ...rest] = name.split('.');
      return rest.length === 0 ? target(place, name) : attribute(place, logicalId, rest.join('.'));
    });
  }

  function intrinsic(place: string, name: string, argument: unknown): Fault[] {
    if (name === 'Ref') return target(place, String(argument));
    if (name === 'Fn::Sub') return substitution(place, argument);
    if (name === 'Fn::If') return condition(place, Array.isArray(argument) ? argument[0] : argument);
    if (name !== 'Fn::GetAtt') return [];
    const [logicalId, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
    return rest.some((part) => typeof part !== 'string') ? [] : attribute(place, String(logicalId), rest.join('.'));
  }

  function walk(value: unknown, place: string): Fault[] {
    const found = intrinsicOf(value);
    const own = found ? intrinsic(place, found.name, found.argument) : [];
    const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return [...own, ...children.flatMap(([name, child]) => walk(child, `${place}.${name}`))];
  }

  const links = Object.entries(Resources).flatMap(([logicalId, { DependsOn = [], Condition }]) => [
    ...[DependsOn].flat().flatMap((name) => target(`Resources.${logicalId}.DependsOn`, String(name))),
    ...(Condition === undefined ? [] : condition(`Resources.${logicalId}.Condition`, Condition)),
  ]);
  return [
    ...links,
    ...walk(Resources, 'Resources'),
    ...walk(Conditions, 'Conditions'),
    ...walk(template.Outputs, 'Outputs'),
  ];
}

/** Types whose attributes are whatever somebody's function answers. */
export function isFree(type: string): boolean {
  return (
    type.startsWith('Custom::') ||
    type === 'AWS::CloudFormation::CustomResource' ||
    type === 'AWS::CloudFormation::Stack'
  );
}

/** CloudFormation's functions over the resources of one stack. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
import type { ResourceReferences } from './resource-references.ts';
import { ServerlessFileError } from './serverless-file-error.ts';

export interface IntrinsicContext {
  resources: ResourceReferences;
  /** `AWS::Region` and the like. */
  pseudoParameters: Record<string, string>;
}

/** `{Ref: 'AWS::NoValue'}` removes the entry that it stands in. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Replaces every function below a value.
 * @throws ServerlessFileError UNKNOWN_INTRINSIC, or UNKNOWN_RESOURCE for a name or attribute that does not exist.
 */
export function resolveIntrinsics(value: unknown, place: string, context: IntrinsicContext): unknown {
  const resolved = resolve(value, place, context);
  return resolved === NO_VALUE ? undefined : resolved;
}

function resolve(value: unknown, place: string, context: IntrinsicContext): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, `${place}[${index}]`, context)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    const intrinsic = intrinsics.get(only[0]);
    if (intrinsic === undefined) {
      const known = [...intrinsics.keys()].join(', ');
      throw new ServerlessFileError('UNKNOWN_INTRINSIC', place, `${only[0]} is not known here; known are ${known}`);
    }
    return intrinsic(only[1], place, context);
  }
  const resolved = entries.map(([name, item]) => [name, resolve(item, `${place}.${name}`, context)]);
  return Object.fromEntries(resolved.filter(([, item]) => item !== NO_VALUE));
}

type Intrinsic = (operand: unknown, place: string, context: IntrinsicContext) => unknown;

const intrinsics = new Map<string, Intrinsic>([
  ['Ref', (operand, place, context) => reference(text(operand, place), place, context)],
  ['Fn::GetAtt', getAttribute],
  ['Fn::Sub', substitute],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
]);

function reference(name: string, place: string, { resources, pseudoParameters }: IntrinsicContext): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  const value = pseudoParameters[name] ?? resources.get(name)?.ref;
  if (value === undefined) throw unknownResource(place, name, resources);
  return value;
}

function getAttribute(operand: unknown, place: string, { resources }: IntrinsicContext): unknown {
  const [name = '', ...rest] = Array.isArray(operand) ? operand.map(String) : text(operand, place).split('.');
  const resource = resources.get(name);
  if (resource === undefined) throw unknownResource(place, name, resources);
  const attribute = resource.attributes[rest.join('.')];
  if (attribute !== undefined) return attribute;
  const known = Object.keys(resource.attributes).join(', ');
  throw new ServerlessFileError('UNKNOWN_RESOURCE', place, `${name} has no ${rest.join('.')} here; it has ${known}`);
}

function substitute(operand: unknown, place: string, context: IntrinsicContext): unknown {
  const [template, values] = Array.isArray(operand) ? operand : [operand, {}];
  const own = new Map(Object.entries(isRecord(values) ? values : {}));
  return text(template, place).replace(/\$\{([^}]+)\}/g, (_whole, raw: string) => {
    const name = raw.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (own.has(name)) return String(resolve(own.get(name), place, context));
    return String(name.includes('.') ? getAttribute(name, place, context) : reference(name, place, context));
  });
}

function join(operand: unknown, place: string, context: IntrinsicContext): unknown {
  const [separator, items] = pair(operand, place, 'Fn::Join');
  const resolved = resolve(items, place, context);
  if (!Array.isArray(resolved)) throw invalid(place, 'Fn::Join takes a separator and a list');
  return resolved.map(String).join(text(separator, place));
}

function select(operand: unknown, place: string, context: IntrinsicContext): unknown {
  const [index, items] = pair(operand, place, 'Fn::Select');
  const resolved = resolve(items, place, context);
  if (!Array.isArray(resolved) || !(Number(index) in resolved)) throw invalid(place, 'Fn::Select has no such element');
  return resolved[Number(index)];
}

function split(operand: unknown, place: string, context: IntrinsicContext): unknown {
  const [separator, source] = pair(operand, place, 'Fn::Split');
  return text(resolve(source, place, context), place).split(text(separator, place));
}

function pair(operand: unknown, place: string, name: string): [unknown, unknown] {
  if (!Array.isArray(operand) || operand.length !== 2) throw invalid(place, `${name} takes a list of two`);
  return [operand[0], operand[1]];
}

function text(operand: unknown, place: string): string {
  if (typeof operand !== 'string') throw invalid(place, `expected a text, found ${JSON.stringify(operand)}`);
  return operand;
}

function invalid(place: string, reason: string): ServerlessFileError {
  return new ServerlessFileError('VALUE_INVALID', place, reason);
}

function unknownResource(place: string, name: string, resources: ResourceReferences): ServerlessFileError {
  const known = [...resources.keys()].join(', ');
  return new ServerlessFileError('UNKNOWN_RESOURCE', place, `there is no resource ${name}; there are ${known}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

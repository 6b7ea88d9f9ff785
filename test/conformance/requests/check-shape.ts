/** Holds a value against a shape of a service model: members, types, lengths, patterns, enumerations. */
import { type Member, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

export interface Check {
  readonly model: ServiceModel;
  /** `text`: numbers, booleans and times are written as text, as in XML, headers, paths and queries. */
  readonly scalars: 'json' | 'text';
  /** Answers may have what a later version of the model has; requests may not. */
  readonly unknownMembers: 'refused' | 'allowed';
}

/** What is wrong, each with its place; none if nothing is. */
export function checkShape(value: unknown, name: string, place: string, check: Check): string[] {
  const shape = shapeOf(check.model, name);
  switch (shape.type) {
    case 'structure':
      return checkStructure(value, shape, place, check);
    case 'list':
      return checkList(value, shape, place, check);
    case 'map':
      return checkMap(value, shape, place, check);
    case 'string':
      return checkText(value, shape, place);
    case 'blob':
      return typeof value === 'string' ? [] : [`${place} is no blob: ${show(value)}`];
    case 'boolean':
      return isBoolean(value, check) ? [] : [`${place} is no boolean: ${show(value)}`];
    case 'timestamp':
      return isTimestamp(value, check) ? [] : [`${place} is no time: ${show(value)}`];
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return checkNumber(value, shape, place, check);
    default:
      throw new Error(`the type ${shape.type} is not known here`);
  }
}

function checkStructure(value: unknown, shape: Shape, place: string, check: Check): string[] {
  if (!isRecord(value)) return [`${place} is no structure: ${show(value)}`];
  const { members = {}, required = [], union = false } = shape;
  const given = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  const missing = required
    .filter((name) => !given.some(([key]) => key === name))
    .map((name) => `${place}.${name} is missing`);
  const found = given.flatMap(([name, item]) => {
    const member = members[name];
    if (member !== undefined) return checkShape(item, member.shape, `${place}.${name}`, check);
    return check.unknownMembers === 'allowed' ? [] : [`${place}.${name} is no member`];
  });
  const several = union && given.length !== 1 ? [`${place} is a union with ${given.length} members`] : [];
  return [...missing, ...several, ...found];
}

function checkList(value: unknown, shape: Shape, place: string, check: Check): string[] {
  if (!Array.isArray(value)) return [`${place} is no list: ${show(value)}`];
  const item = nameOf(shape.member);
  return [
    ...checkRange(value.length, 'items', shape, place),
    ...value.flatMap((one, index) => checkShape(one, item, `${place}[${index}]`, check)),
  ];
}

function checkMap(value: unknown, shape: Shape, place: string, check: Check): string[] {
  if (!isRecord(value)) return [`${place} is no map: ${show(value)}`];
  const entries = Object.entries(value);
  return [
    ...checkRange(entries.length, 'entries', shape, place),
    ...entries.flatMap(([key, item]) => [
      ...checkShape(key, nameOf(shape.key), `${place} key "${key}"`, check),
      ...checkShape(item, nameOf(shape.value), `${place}.${key}`, check),
    ]),
  ];
}

function checkText(value: unknown, shape: Shape, place: string): string[] {
  if (typeof value !== 'string') return [`${place} is no text: ${show(value)}`];
  const { enum: values, pattern } = shape;
  return [
    ...checkRange([...value].length, 'characters', shape, place),
    ...(values !== undefined && !values.includes(value)
      ? [`${place} is ${show(value)}, not one of the model's values`]
      : []),
    ...(pattern !== undefined && !expressionOf(pattern).test(value)
      ? [`${place} is ${show(value)}, not ${pattern}`]
      : []),
  ];
}

function checkNumber(value: unknown, shape: Shape, place: string, { scalars }: Check): string[] {
  const number = scalars === 'text' && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const whole = shape.type === 'integer' || shape.type === 'long';
  if (typeof number !== 'number' || Number.isNaN(number) || (whole && !Number.isInteger(number))) {
    return [`${place} is no ${shape.type}: ${show(value)}`];
  }
  return checkRange(number, '', shape, place);
}

function checkRange(size: number, unit: string, { min, max }: Shape, place: string): string[] {
  if (min !== undefined && size < min) return [`${place} has ${size} ${unit}, at least ${min} are needed`];
  if (max !== undefined && size > max) return [`${place} has ${size} ${unit}, at most ${max} are taken`];
  return [];
}

function isBoolean(value: unknown, { scalars }: Check): boolean {
  return typeof value === 'boolean' || (scalars === 'text' && (value === 'true' || value === 'false'));
}

/** Seconds since 1970 in JSON, ISO 8601 or an HTTP date as text. */
function isTimestamp(value: unknown, { scalars }: Check): boolean {
  if (scalars === 'json') return typeof value === 'number' && value > 0 && value < 1e11;
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

const expressions = new Map<string, RegExp>();

/** Java's expressions of the models; AWS matches the whole text. */
function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(`^(?:${toJavaScript(pattern)})$`, 'u');
  expressions.set(pattern, known);
  return known;
}

/** `\p{IsAlphabetic}` and escapes of what needs none are Java's. */
function toJavaScript(pattern: string): string {
  return pattern
    .replace(/\\p\{Is(\w+)\}/g, '\\p{$1}')
    .replace(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, '$1')
    .replace(/\\_/g, '_');
}

function nameOf(member: Member | undefined): string {
  if (member === undefined) throw new Error('a list or a map without a shape for what is in it');
  return member.shape;
}

function show(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 100);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of a template against its type in the resource specification, to any depth. */
import type { PropertyType, ResourceProperties, SpecDatabase } from '@aws-cdk/service-spec-types';
import { type Fault, intrinsicOf, isObject } from './template.ts';

/** Checks what must and what may stand in an object: every name, every required one, every value. */
export function checkProperties(
  given: Readonly<Record<string, unknown>>,
  known: ResourceProperties,
  place: string,
  database: SpecDatabase,
): Fault[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  const missing = Object.keys(known).filter((name) => known[name]?.required && !Object.hasOwn(given, name));
  return [
    ...unknown.map(
      (name): Fault => ({
        place: `${place}.${name}`,
        code: 'UNKNOWN_PROPERTY',
        message: `there is no ${name}; there are ${Object.keys(known).sort().join(', ')}`,
      }),
    ),
    ...missing.map(
      (name): Fault => ({ place: `${place}.${name}`, code: 'MISSING_PROPERTY', message: `${name} is required` }),
    ),
    ...Object.entries(given).flatMap(([name, value]) => {
      const type = Object.hasOwn(known, name) ? known[name]?.type : undefined;
      return type ? checkValue(value, type, `${place}.${name}`, database) : [];
    }),
  ];
}

/** What an intrinsic function gives is known at deployment only; both ways of a condition are checked. */
function checkValue(value: unknown, type: PropertyType, place: string, database: SpecDatabase): Fault[] {
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.name === 'Fn::If' && Array.isArray(intrinsic.argument)) {
    return intrinsic.argument.slice(1).flatMap((one) => checkValue(one, type, place, database));
  }
  if (intrinsic) return [];
  switch (type.type) {
    case 'union':
      return checkUnion(value, type.types, place, database);
    case 'array':
      if (!Array.isArray(value)) return wrongKind(place, 'a list');
      return value.flatMap((one, index) => checkValue(one, type.element, `${place}.${index}`, database));
    case 'map':
      if (!isObject(value)) return wrongKind(place, 'an object');
      return Object.entries(value).flatMap(([key, one]) => checkValue(one, type.element, `${place}.${key}`, database));
    case 'ref':
      if (!isObject(value)) return wrongKind(place, 'an object');
      return checkProperties(value, database.get('typeDefinition', type.reference.$ref).properties, place, database);
    case 'tag':
      if (!isObject(value)) return wrongKind(place, 'an object');
      return checkProperties(value, TAG, place, database);
    case 'json':
      return [];
    default:
      return checkScalar(value, type, place);
  }
}

const TAG: ResourceProperties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

/**
 * The alternative with the fewest faults counts. Arbitrary JSON would take anything, so it is tried only where no alternative
 * says more about a value of this kind: a table's KeySchema is a list of typed elements or JSON.
 */
function checkUnion(value: unknown, types: PropertyType[], place: string, database: SpecDatabase): Fault[] {
  const fitting = types.filter((type) => type.type !== 'json' && kindOf(type) === kindOfValue(value));
  if (fitting.length === 0) {
    return types.some(({ type }) => type === 'json') ? [] : wrongKind(place, types.map(kindOf).join(' or '));
  }
  const [best] = fitting
    .map((type) => checkValue(value, type, place, database))
    .sort((one, other) => one.length - other.length);
  return best ?? [];
}

function kindOf({ type }: PropertyType): 'a list' | 'an object' | 'a text or number' {
  if (type === 'array') return 'a list';
  return type === 'ref' || type === 'map' || type === 'tag' || type === 'json' ? 'an object' : 'a text or number';
}

function kindOfValue(value: unknown): ReturnType<typeof kindOf> {
  if (Array.isArray(value)) return 'a list';
  return isObject(value) ? 'an object' : 'a text or number';
}

/** CloudFormation turns texts into numbers and back, as long as they can be read so. */
function checkScalar(value: unknown, type: PropertyType, place: string): Fault[] {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return wrongKind(place, `a ${type.type}`);
  const text = String(value);
  if (type.type === 'boolean' && !/^(true|false)$/i.test(text)) return wrongKind(place, 'true or false');
  if (type.type === 'integer' && !/^-?\d+$/.test(text)) return wrongKind(place, 'a whole number');
  if (type.type === 'number' && (text === '' || !Number.isFinite(Number(text)))) return wrongKind(place, 'a number');
  const allowed = 'allowedValues' in type ? type.allowedValues?.map(String) : undefined;
  if (!allowed || allowed.includes(text)) return [];
  return [{ place, code: 'UNKNOWN_VALUE', message: `"${text}" is none of ${allowed.join(', ')}` }];
}

function wrongKind(place: string, wanted: string): Fault[] {
  return [{ place, code: 'WRONG_KIND', message: `must be ${wanted}` }];
}

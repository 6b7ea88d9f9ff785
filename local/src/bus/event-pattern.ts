/** Event patterns with EventBridge's semantics: which events a rule wants. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';
import { compileValueMatcher, isAbsenceMatcher, operatorNames, type ValueMatcher } from './value-matcher.ts';

/** Says whether an event (parsed JSON) is wanted. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * Compiles a pattern (parsed JSON) once, so that matching never fails.
 * @throws InvalidEventPatternError naming the field that EventBridge would refuse.
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  if (!isObject(pattern)) throw new InvalidEventPatternError('', 'the pattern must be a JSON object');
  const node = compileObject(pattern, '');
  return (event) => matchesObject(node, event, [event]);
}

/** Fields that must all match, and groups of which one alternative must match. */
interface ObjectPattern {
  fields: { name: string; pattern: ObjectPattern | LeafPattern }[];
  alternatives: ObjectPattern[][];
}

/** Any one of the matchers is enough; `absent` is `{"exists": false}`. */
interface LeafPattern {
  matchers: ValueMatcher[];
  absent: boolean;
}

function compileObject(pattern: Record<string, unknown>, place: string): ObjectPattern {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidEventPatternError(place, 'an empty object matches nothing');
  const node: ObjectPattern = { fields: [], alternatives: [] };
  for (const [name, value] of entries) {
    const at = place === '' ? name : `${place}.${name}`;
    if (name === '$or' && isAlternatives(value)) {
      node.alternatives.push(value.map((alternative, index) => compileObject(alternative, `${at}[${index}]`)));
    } else {
      node.fields.push({ name, pattern: compileField(value, at) });
    }
  }
  return node;
}

function compileField(value: unknown, place: string): ObjectPattern | LeafPattern {
  if (Array.isArray(value)) return compileLeaf(value, place);
  if (isObject(value)) return compileObject(value, place);
  throw new InvalidEventPatternError(place, 'a value must stand in an array, for example ["value"]');
}

function compileLeaf(values: unknown[], place: string): LeafPattern {
  if (values.length === 0) throw new InvalidEventPatternError(place, 'an empty array matches nothing');
  const leaf: LeafPattern = { matchers: [], absent: false };
  for (const value of values) {
    if (isAbsenceMatcher(value)) leaf.absent = true;
    else leaf.matchers.push(compileValueMatcher(value, place));
  }
  return leaf;
}

/** `$or` is an operator only above two or more objects that name fields; otherwise it is a field called `$or`. */
function isAlternatives(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((item) => isObject(item) && !Object.keys(item).some((name) => operatorNames.has(name)))
  );
}

/**
 * Fields below one array element belong together: `{a:[1], b:[2]}` wants a single element with both.
 * Absence is the exception, it is asked of `everywhere`, all nodes at this path, because EventBridge flattens the event.
 */
function matchesObject(pattern: ObjectPattern, node: unknown, everywhere: unknown[]): boolean {
  if (Array.isArray(node)) return node.some((element) => matchesObject(pattern, element, everywhere));
  return (
    pattern.fields.every((field) => matchesField(field.pattern, child(node, field.name), everywhere, field.name)) &&
    pattern.alternatives.every((alternatives) => alternatives.some((one) => matchesObject(one, node, everywhere)))
  );
}

function matchesField(pattern: ObjectPattern | LeafPattern, value: unknown, parents: unknown[], name: string): boolean {
  const everywhere = parents.flatMap(flatten).map((parent) => child(parent, name));
  if ('fields' in pattern) return matchesObject(pattern, value, everywhere);
  if (pattern.absent && everywhere.every((one) => scalars(one).length === 0)) return true;
  return scalars(value).some((scalar) => pattern.matchers.some((matches) => matches(scalar)));
}

/** An object is not a value: patterns, `exists` included, look at leaves only. */
function scalars(value: unknown): unknown[] {
  return flatten(value).filter((one) => one !== undefined && !isObject(one));
}

function flatten(value: unknown): unknown[] {
  return Array.isArray(value) ? value.flatMap(flatten) : [value];
}

function child(node: unknown, name: string): unknown {
  return isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

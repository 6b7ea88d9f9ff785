import type { z } from 'zod';
import { type Draft, formatPath, oneOf, type Path, type PathPart, show } from './fault.ts';
import { describeSchema, nearestFields, nearestValues, schemaAt } from './schema-hints.ts';

type Issue = z.core.$ZodIssue;

/** Turns what the schema found into sentences with the nearest valid values. `data` is what the schema was applied to. */
export function issueFaults(issue: Issue, data: unknown, prefix: Path = []): Draft[] {
  const path: Path = [...prefix, ...issue.path.map((part): PathPart => (typeof part === 'symbol' ? '' : part))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...path, key], data));
  if (issue.code === 'invalid_union') {
    const branch = deepest(issue.errors);
    return branch ? branch.flatMap((inner) => issueFaults(inner, data, path)) : [wrongValue(path, data)];
  }
  if (issue.code === 'custom') return [ruleFault(issue.params ?? {}, path)];
  if (issue.code === 'too_small' || issue.code === 'too_big') return [outOfRange(issue, path, data)];
  return [wrongValue(path, data)];
}

/** The form that was meant is the one whose first mistake lies inside it rather than in its kind. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0)) ?? undefined;
}

function unknownField(path: Path, data: unknown): Draft {
  const { fields, nearest } = nearestFields(path, data);
  const action = nearest.length > 0 ? `Did you mean ${oneOf(nearest)}?` : `The fields here are ${fields.join(', ')}.`;
  return { code: 'FIELD_UNKNOWN', path, message: `There is no field ${formatPath(path)}.`, action, nearest };
}

function outOfRange(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, path: Path, data: unknown): Draft {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const side = issue.code === 'too_small' ? 'at least' : 'at most';
  if (issue.origin === 'array') {
    const message = `${formatPath(path)} takes ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}.`;
    const action = issue.code === 'too_small' ? 'Add one, or remove the field to use the default.' : 'Remove some.';
    return { code: 'LIST_LENGTH', path, message, action, nearest: [] };
  }
  const message = `${formatPath(path)} is ${show(valueAt(path, data))}; it must be ${side} ${bound}.`;
  const nearest = nearestValues(valueAt(path, data), schemaAt(path, data));
  return { code: 'VALUE_OUT_OF_RANGE', path, message, action: useOneOf(nearest, path, data), nearest };
}

function wrongValue(path: Path, data: unknown): Draft {
  const value = valueAt(path, data);
  const node = schemaAt(path, data);
  const field = formatPath(path);
  const wanted = describeSchema(node);
  if (value === undefined) {
    const action = `Give ${wanted}.`;
    return { code: 'FIELD_MISSING', path, message: `${field} is missing.`, action, nearest: [] };
  }
  if (value === null) {
    const action = `Give ${wanted}, or remove the line to use the default.`;
    return { code: 'FIELD_EMPTY', path, message: `${field} has no value.`, action, nearest: [] };
  }
  const nearest = nearestValues(value, node);
  const isChoice = node?.enum !== undefined || node?.const !== undefined;
  const rightKind = node?.type === typeof value;
  const code = isChoice ? 'VALUE_UNKNOWN' : rightKind ? 'VALUE_MALFORMED' : 'VALUE_WRONG_TYPE';
  const ending = code === 'VALUE_MALFORMED' ? 'which is not written as it must be' : `which is not ${wanted}`;
  const message = `${field} is ${show(value)}, ${ending}.`;
  return { code, path, message, action: useOneOf(nearest, path, data), nearest };
}

/** The rules that the schema states as code. */
function ruleFault({ fault: code, lower, upper }: Record<string, unknown>, path: Path): Draft {
  const field = formatPath(path);
  if (code === 'ITEM_REPEATED')
    return { code, path, message: `${field} repeats an entry of the list.`, action: 'Remove it.', nearest: [] };
  if (code === 'RANGE_REVERSED') {
    const isLower = String(path.at(-1)).startsWith('min');
    const nearest = [Number(isLower ? upper : lower)];
    const message = `${field}: the range from ${show(lower)} to ${show(upper)} has its lower end above its upper end.`;
    return { code, path, message, action: `Use ${nearest[0]}, or change the other end.`, nearest };
  }
  const message = `${field} takes epochs or seconds, exactly one of the two.`;
  return { code: 'BUDGET_AMBIGUOUS', path, message, action: 'Keep the one that should end the training.', nearest: [] };
}

function useOneOf(nearest: readonly unknown[], path: Path, data: unknown): string {
  const node = schemaAt(path, data);
  if (nearest.length > 0)
    return typeof nearest[0] === 'string' ? `Did you mean ${oneOf(nearest)}?` : `Use ${oneOf(nearest)}.`;
  const note = node?.description === undefined ? '' : ` (${node.description.replace(/\.$/, '')})`;
  return `Give ${describeSchema(node)}${node?.type === 'string' ? note : ''}.`;
}

function valueAt(path: Path, data: unknown): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

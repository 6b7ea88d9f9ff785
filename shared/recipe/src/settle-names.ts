import { type Draft, formatPath, oneOf, type Path, show } from './fault.ts';
import { nearestNames } from './nearest.ts';
import { type NamedChoices, namedChoices } from './schema.ts';

/** Plain data of a mapping. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks the names that decide which other fields are allowed, before the schema is applied. A wrong name is reported
 * and replaced by the likeliest one, so that the schema still finds every other mistake beside it.
 */
export function settleNames(recipe: Fields): { recipe: Fields; faults: Draft[] } {
  const settled: Record<string, unknown> = { ...recipe };
  const faults: Draft[] = [];
  const settle = (value: unknown, path: Path, choices: NamedChoices): unknown => {
    const result = settleName(value, path, choices);
    faults.push(...result.faults);
    return result.value;
  };
  for (const field of ['network', 'optimizer', 'schedule'] as const) {
    const value = settled[field];
    if (value !== undefined && value !== null) settled[field] = settle(value, [field], namedChoices[field]);
  }
  if (Array.isArray(settled.augmentations))
    settled.augmentations = settled.augmentations.map((item, index) =>
      settle(item, ['augmentations', index], namedChoices.augmentations),
    );
  return { recipe: settled, faults };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Settled {
  readonly value: unknown;
  readonly faults: readonly Draft[];
}

function settleName(value: unknown, path: Path, choices: NamedChoices): Settled {
  const names = Object.keys(choices);
  const fallback = names[0] ?? '';
  if (typeof value === 'string') {
    if (Object.hasOwn(choices, value)) return { value, faults: [] };
    const fault = unknownName(value, path, names);
    return { value: fault.nearest[0] ?? fallback, faults: [fault] };
  }
  if (!isFields(value)) {
    const message = `${formatPath(path)} is ${show(value)}, which is neither a name nor a mapping with a name.`;
    const action = `Give one of ${oneOf(names)}.`;
    return { value: fallback, faults: [{ code: 'VALUE_WRONG_TYPE', path, message, action, nearest: [] }] };
  }
  const { name } = value;
  if (typeof name === 'string' && Object.hasOwn(choices, name)) return { value, faults: [] };
  const at = [...path, 'name'];
  const fault =
    name === undefined || name === null
      ? { ...unknownName('', at, names), code: 'FIELD_MISSING', message: `${formatPath(path)} has no name.` }
      : unknownName(name, at, names);
  return { value: assume(fault.nearest[0], value, choices), faults: [fault] };
}

function unknownName(value: unknown, path: Path, names: readonly string[]): Draft & { nearest: readonly string[] } {
  const nearest = typeof value === 'string' ? nearestNames(value, names) : [];
  const message = `${formatPath(path)} is ${show(value)}, which is not one of its names.`;
  const action = nearest.length > 0 ? `Did you mean ${oneOf(nearest)}?` : `Give one of ${oneOf(names)}.`;
  return { code: 'VALUE_UNKNOWN', path, message, action, nearest };
}

/**
 * The mapping as if it bore that name, without the parameters of other names. Nobody can tell what those are worth
 * while the name is not known; without a likely name only what every name has in common is still checked.
 */
function assume(name: string | undefined, value: Fields, choices: NamedChoices): Fields {
  const all = Object.values(choices);
  const checked = (field: string) =>
    name === undefined ? all.every((fields) => fields.includes(field)) : choices[name]?.includes(field);
  const isUnknown = (field: string) => !all.some((fields) => fields.includes(field));
  const kept = Object.entries(value).filter(([field]) => checked(field) || isUnknown(field));
  return { ...Object.fromEntries(kept), name: name ?? Object.keys(choices)[0] };
}

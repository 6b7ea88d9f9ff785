import { canonicalJson } from './canonical-json.ts';
import { formatPath, type Path } from './fault.ts';

/** A field that two configurations disagree on; undefined where one of them has no such field. */
export interface ConfigDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields in which two rendered or resolved configurations differ, in the order of the first, then of the second. */
export function diffConfigs(before: unknown, after: unknown, path: Path = []): ConfigDifference[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isMapping(before) || !isMapping(after)) return [{ path: formatPath(path), before, after }];
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) => diffConfigs(before[field], after[field], [...path, field]));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { z } from 'zod';

export type PathPart = string | number;
export type Path = readonly PathPart[];

/** Where something stands in the text; line and column start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One mistake in a recipe, for people and for programs. */
export interface Fault {
  /** Stable, UPPER_SNAKE. */
  readonly code: string;
  /** The field, as in `schedule.warmup` or `augmentations[1].pixels`; empty for the whole text. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly action: string;
  /** Valid values near the one that was given, the nearest first; may be empty. */
  readonly nearest: readonly z.core.util.JSONType[];
  readonly position?: Position;
}

/** A fault that does not know yet where it stands in the text. */
export interface Draft {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly action: string;
  readonly nearest: readonly z.core.util.JSONType[];
}

/** Where the fields of a text stand, by `pathKey`: the start of each value, and of each key. */
export interface Positions {
  readonly values: ReadonlyMap<string, Position>;
  readonly keys: ReadonlyMap<string, Position>;
}

export const NO_POSITIONS: Positions = { values: new Map(), keys: new Map() };

/** The fault, when it is one. */
export function faultIf(wrong: boolean, draft: Omit<Draft, 'nearest'> & Partial<Draft>): Draft[] {
  return wrong ? [{ nearest: [], ...draft }] : [];
}

/** Points a fault at its value, at its key when the key is the mistake, else at the nearest field around it. */
export function placeFault({ path, ...draft }: Draft, { values, keys }: Positions): Fault {
  const fault = { ...draft, path: formatPath(path) };
  const own = pathKey(path);
  let position = draft.code === 'FIELD_UNKNOWN' ? keys.get(own) : (values.get(own) ?? keys.get(own));
  for (let length = path.length - 1; position === undefined && length > 0; length--) {
    const around = pathKey(path.slice(0, length));
    position = keys.get(around) ?? values.get(around);
  }
  return position === undefined ? fault : { ...fault, position };
}

/** More faults than this tell nobody anything new. */
export const MAXIMUM_FAULTS = 100;

/** `schedule.warmup`, `augmentations[1].pixels`; a key that is no plain word is quoted, a long one is cut. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[A-Za-z_][\w-]{0,59}$/.test(part)) return `[${show(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** A path as a key of a table: no two paths share one. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** `recipe.yaml:3:12`; without a position the file's name alone. */
export function formatWhere(fileName: string, position: Position | undefined): string {
  return position === undefined ? fileName : `${fileName}:${position.line}:${position.column}`;
}

/** One line for a terminal: `recipe.yaml:3:12 IMAGE_SIZE_DIVISOR imageSize 33 is … Use 32 or 48.` */
export function formatFault(fault: Fault, fileName: string): string {
  return `${formatWhere(fileName, fault.position)} ${fault.code} ${fault.message} ${fault.action}`;
}

/** A value as it may be quoted in a sentence: on one line, without control characters, at most 60 characters. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `32`, `32 or 48`, `a, b or c`. */
export function oneOf(values: readonly unknown[]): string {
  const texts = values.map((value) => (typeof value === 'string' ? value : show(value)));
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} or ${last}`;
}

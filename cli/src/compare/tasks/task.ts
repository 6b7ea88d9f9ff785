import { z } from 'zod';
import type { Class } from '../output.ts';

/** One kind of prediction: how it is written in `output.json`, and when two of them agree. */
export interface Task<Prediction> {
  /** What `prediction` of one image must be; gives the form that is compared. */
  schema(classes: readonly Class[]): z.ZodType<Prediction>;
  compare(expected: Prediction, found: Prediction, rules: Rules): Judgement | Promise<Judgement>;
}

export interface Rules {
  readonly tolerance: number;
  readonly classes: readonly Class[];
  /** For what can only be read while it is compared: the file that holds the expected one, and the other. */
  readonly where: readonly [expected: string, found: string];
}

export interface Judgement {
  /** Of all numbers that were held against each other; of masks, the share of pixels. */
  readonly largest: number;
  /** The gravest first; none: they agree. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly code: DifferenceCode;
  readonly message: string;
}

export type DifferenceCode =
  | 'TASKS_DIFFER'
  | 'CLASSES_DIFFER'
  | 'NO_COMMON_IMAGE'
  | 'IMAGE_MISSING'
  | 'TOP_CLASS_DIFFERS'
  | 'PROBABILITY_DIFFERS'
  | 'BOX_MISSING'
  | 'BOX_UNEXPECTED'
  | 'BOX_DIFFERS'
  | 'SCORE_DIFFERS'
  | 'MASK_DIFFERS'
  | 'JOINTS_DIFFER';

/** Blueoil writes probabilities and scores as strings, and "nan" is one that it can write. */
export const Real = z.preprocess(
  (value) =>
    typeof value === 'string' && /^-?\d{1,40}(\.\d{0,40})?(e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : value,
  z.number({ error: 'It is no finite number' }),
);

/** Counts before it looks at any entry: a fault is told once, and not for each of a million. */
export function listOf<Entry extends z.ZodType>(entry: Entry, most: number) {
  return z
    .array(z.unknown())
    .max(most, { error: `It has more than ${most} entries` })
    .pipe(z.array(entry));
}

/** One of the classes that the file lists, by id and by name; gives its place among them. */
export function classOf(classes: readonly Class[]) {
  const places = new Map(classes.map(({ id, name }, place) => [id, { name, place }]));
  return z.object({ id: z.int(), name: z.string() }).transform(({ id, name }, context) => {
    const known = places.get(id);
    if (known?.name === name) return known.place;
    context.addIssue('It is none of the classes that the file lists');
    return z.NEVER;
  });
}

/** What the file says of each class, in the order of the classes: every one exactly once. */
export function onePerClass<Value>(
  entry: z.ZodType<{ place: number; value: Value }>,
  { length }: readonly Class[],
): z.ZodType<readonly Value[]> {
  return listOf(entry, CLASSES_MAX).transform((entries, context) => {
    const byPlace = new Map(entries.map(({ place, value }) => [place, value]));
    if (entries.length === length && byPlace.size === length)
      return [...byPlace].sort(([a], [b]) => a - b).map(([, value]) => value);
    context.addIssue(`It does not have each of the ${length} classes once`);
    return z.NEVER;
  });
}

export const CLASSES_MAX = 10_000;

/** Coordinates in pixels have no common size: numpy's `isclose` with `rtol` = `atol`, as Blueoil's own check has it. */
export function isCloseCoordinate(expected: number, found: number, tolerance: number): boolean {
  return Math.abs(expected - found) <= tolerance * (1 + Math.abs(expected));
}

/** All the digits that a float32 has. */
export function numberText(value: number): string {
  return `${Number(value.toPrecision(9))}`;
}

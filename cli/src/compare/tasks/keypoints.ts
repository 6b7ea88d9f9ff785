import { z } from 'zod';
import { isCloseCoordinate, listOf, numberText, Real, type Task } from './task.ts';

interface Joint {
  /** Pixels of the image; whole ones by Blueoil. */
  readonly x: number;
  readonly y: number;
  /** Blueoil cuts it to a whole number. */
  readonly score: number;
}

const VALUES_MAX = 3_000;

/** The joints of one body. */
export const keypoints: Task<readonly Joint[]> = {
  schema() {
    const values = listOf(Real, VALUES_MAX).refine(({ length }) => length > 0 && length % 3 === 0, {
      error: 'It is not an x, a y and a score for each joint',
    });
    return z.object({ joints: values }).transform(({ joints }) => toJoints(joints));
  },

  compare(expected, found, { tolerance }) {
    if (expected.length !== found.length) {
      const message = `${found.length} joints instead of ${expected.length}`;
      return { largest: 0, differences: [{ code: 'JOINTS_DIFFER', message }] };
    }
    const pairs = expected.map((joint, index) => ({ index, joint, other: found[index] ?? joint }));
    const largest = pairs.reduce(
      (most, { joint: { x, y, score }, other }) =>
        Math.max(most, Math.abs(x - other.x), Math.abs(y - other.y), Math.abs(score - other.score)),
      0,
    );
    const off = pairs.filter(({ joint, other }) => !isClose(joint, other, tolerance));
    const [first] = off;
    if (!first) return { largest, differences: [] };
    const message = `joint ${first.index} is ${told(first.other)} instead of ${told(first.joint)}; ${off.length} of ${pairs.length} joints are elsewhere`;
    return { largest, differences: [{ code: 'JOINTS_DIFFER', message }] };
  },
};

/**
 * Blueoil's writer gives all x, then all y, then all scores, and its reader takes them for triples. Another writer may
 * mean triples: then the scores, which are within 0 and 1, stand at every third place and not in the last third.
 */
function toJoints(values: readonly number[]): Joint[] {
  const count = values.length / 3;
  const isScore = (value: number) => value >= 0 && value <= 1;
  const isTriples = !values.slice(2 * count).every(isScore) && values.every((value, i) => i % 3 < 2 || isScore(value));
  const at = (joint: number, part: number) => values[isTriples ? 3 * joint + part : part * count + joint] ?? Number.NaN;
  return Array.from({ length: count }, (_, joint) => ({ x: at(joint, 0), y: at(joint, 1), score: at(joint, 2) }));
}

function isClose(expected: Joint, found: Joint, tolerance: number): boolean {
  return (
    isCloseCoordinate(expected.x, found.x, tolerance) &&
    isCloseCoordinate(expected.y, found.y, tolerance) &&
    Math.abs(expected.score - found.score) <= tolerance
  );
}

function told({ x, y, score }: Joint): string {
  return `(${numberText(x)}, ${numberText(y)}) with score ${numberText(score)}`;
}

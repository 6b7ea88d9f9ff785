import { z } from 'zod';
import type { Class } from '../output.ts';
import {
  classOf,
  type Difference,
  isCloseCoordinate,
  type Judgement,
  listOf,
  numberText,
  Real,
  type Task,
} from './task.ts';

interface Detection {
  /** Among the classes. */
  readonly class: number;
  readonly score: number;
  /** x, y, width, height in pixels of the image. */
  readonly box: readonly number[];
}

/** Each is held against each; Blueoil's own suppression leaves a hundred. */
const BOXES_MAX = 1_000;

/** Boxes, each with a class and a score, in any order. */
export const detection: Task<readonly Detection[]> = {
  schema(classes) {
    const box = listOf(Real, 4).refine(({ length }) => length === 4, { error: 'It is not x, y, width, height' });
    return listOf(z.object({ class: classOf(classes), score: Real, box }), BOXES_MAX);
  },

  compare(expected, found, { tolerance, classes }) {
    const left = new Set(found);
    const judged: Judgement[] = byScore(expected).map((wanted) => {
      const nearest = takeNearest(wanted, left);
      if (!nearest)
        return { largest: 0, differences: [{ code: 'BOX_MISSING', message: `no ${told(wanted, classes)}` }] };
      return judge(wanted, nearest, tolerance, classes);
    });
    const more = byScore([...left]).map(
      (one): Difference => ({ code: 'BOX_UNEXPECTED', message: `also ${told(one, classes)}` }),
    );
    return {
      largest: judged.reduce((most, { largest }) => Math.max(most, largest), 0),
      differences: [...judged.flatMap(({ differences }) => differences), ...more],
    };
  },
};

function byScore(detections: readonly Detection[]): Detection[] {
  return [...detections].sort((a, b) => b.score - a.score);
}

/** The one of the same class whose box, and then score, is the nearest; it is no longer there for others. */
function takeNearest(wanted: Detection, left: Set<Detection>): Detection | undefined {
  let nearest: Detection | undefined;
  let least: readonly [box: number, score: number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const one of left) {
    if (one.class !== wanted.class) continue;
    const box = one.box.reduce((sum, value, side) => sum + Math.abs(value - (wanted.box[side] ?? 0)), 0);
    const score = Math.abs(one.score - wanted.score);
    if (box > least[0] || (box === least[0] && score >= least[1])) continue;
    [nearest, least] = [one, [box, score]];
  }
  if (nearest) left.delete(nearest);
  return nearest;
}

function judge(wanted: Detection, one: Detection, tolerance: number, classes: readonly Class[]): Judgement {
  const sides = wanted.box.map((value, side) => [value, one.box[side] ?? Number.NaN] as const);
  const score = Math.abs(wanted.score - one.score);
  const differences: Difference[] = [];
  if (!sides.every(([expected, found]) => isCloseCoordinate(expected, found, tolerance)))
    differences.push({
      code: 'BOX_DIFFERS',
      message: `${told(one, classes)} instead of ${boxText(wanted)}`,
    });
  if (score > tolerance)
    differences.push({
      code: 'SCORE_DIFFERS',
      message: `${told(one, classes)} instead of score ${numberText(wanted.score)}`,
    });
  const largest = sides.reduce((most, [expected, found]) => Math.max(most, Math.abs(expected - found)), score);
  return { largest, differences };
}

function told(one: Detection, classes: readonly Class[]): string {
  return `${classes[one.class]?.name} at ${boxText(one)} with score ${numberText(one.score)}`;
}

function boxText({ box }: Detection): string {
  return `[${box.map(numberText).join(', ')}]`;
}

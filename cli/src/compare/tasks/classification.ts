import { z } from 'zod';
import { classOf, type Difference, numberText, onePerClass, Real, type Task } from './task.ts';

/** A probability for each class. */
export const classification: Task<readonly number[]> = {
  schema(classes) {
    const entry = z.object({ class: classOf(classes), probability: Real });
    return onePerClass(
      entry.transform(({ class: place, probability }) => ({ place, value: probability })),
      classes,
    );
  },

  compare(expected, found, { tolerance, classes }) {
    const off = expected.map((value, place) => Math.abs(value - (found[place] ?? Number.NaN)));
    const largest = off.reduce((most, one) => Math.max(most, one), 0);
    const told = (values: readonly number[], place: number) =>
      `${classes[place]?.name} (${numberText(values[place] ?? Number.NaN)})`;
    const differences: Difference[] = [];
    // What an application acts upon: a difference even where the numbers are within the tolerance.
    const [wanted, top] = [topOf(expected), topOf(found)];
    if (wanted !== top)
      differences.push({
        code: 'TOP_CLASS_DIFFERS',
        message: `the likeliest class is ${told(found, top)} instead of ${told(expected, wanted)}`,
      });
    const count = off.filter((one) => one > tolerance).length;
    if (count > 0) {
      const worst = off.indexOf(largest);
      const message = `${told(found, worst)} instead of ${numberText(expected[worst] ?? Number.NaN)}; ${count} of ${off.length} classes are off by more than ${tolerance}`;
      differences.push({ code: 'PROBABILITY_DIFFERS', message });
    }
    return { largest, differences };
  },
};

/** The first one wins a tie, as on devices. */
function topOf(probabilities: readonly number[]): number {
  return probabilities.reduce((best, value, place) => (value > (probabilities[best] ?? 0) ? place : best), 0);
}

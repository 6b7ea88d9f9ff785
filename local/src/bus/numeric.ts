/** The `numeric` operator of event patterns: one comparison, or a lower and an upper bound. */
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';

/** EventBridge compares numbers between -5e9 and 5e9 only. */
const LARGEST = 5e9;

/**
 * Compiles `["=", 3]`, `[">", 0]` or `[">", 0, "<=", 5]`; only JSON numbers match.
 * @throws InvalidEventPatternError for anything else.
 */
export function compileNumeric(operand: unknown, place: string): (value: unknown) => boolean {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new InvalidEventPatternError(place, '"numeric" takes a comparison such as [">", 0, "<=", 5]');
  }
  const first = comparison(operand[0], operand[1], place);
  if (operand.length === 2) return onNumbers(first.test);
  const second = comparison(operand[2], operand[3], place);
  if (!first.name.startsWith('>') || !second.name.startsWith('<') || first.bound >= second.bound) {
    throw new InvalidEventPatternError(place, 'a range names its lower bound first: [">", low, "<", high], low < high');
  }
  return onNumbers((value) => first.test(value) && second.test(value));
}

function comparison(name: unknown, bound: unknown, place: string) {
  const test = typeof name === 'string' ? comparisons.get(name) : undefined;
  if (typeof name !== 'string' || test === undefined) {
    throw new InvalidEventPatternError(place, `"numeric" knows = > >= < <=, not ${JSON.stringify(name)}`);
  }
  if (typeof bound !== 'number' || !(Math.abs(bound) <= LARGEST)) {
    throw new InvalidEventPatternError(place, '"numeric" compares with numbers between -5e9 and 5e9');
  }
  return { name, bound, test: (value: number) => test(value, bound) };
}

const comparisons = new Map<string, (value: number, bound: number) => boolean>([
  ['=', (value, bound) => value === bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
]);

function onNumbers(test: (value: number) => boolean): (value: unknown) => boolean {
  return (value) => typeof value === 'number' && test(value);
}

/** One value of an event against one entry of a pattern's array: exact values and the comparison operators. */
import { compileCidr } from './cidr.ts';
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';
import { compileNumeric } from './numeric.ts';
import { compileWildcard } from './wildcard.ts';

/** Says whether one leaf value (string, number, boolean or null) is wanted. */
export type ValueMatcher = (value: unknown) => boolean;

/**
 * Compiles one entry of a leaf's array.
 * @throws InvalidEventPatternError for an unknown operator or an operand that it cannot take.
 */
export function compileValueMatcher(entry: unknown, place: string): ValueMatcher {
  if (entry === null || ['string', 'number', 'boolean'].includes(typeof entry)) return (value) => value === entry;
  const { name, operand } = singleOperator(entry, place);
  const compile = operators.get(name);
  if (compile === undefined) {
    throw new InvalidEventPatternError(
      place,
      `unknown operator "${name}"; known are ${[...operators.keys()].join(', ')}`,
    );
  }
  return compile(operand, place);
}

/** `{"exists": false}` concerns a field that is not there, so it never sees a value. */
export function isAbsenceMatcher(entry: unknown): boolean {
  return isOperatorObject(entry) && Object.keys(entry).length === 1 && entry.exists === false;
}

type Compile = (operand: unknown, place: string) => ValueMatcher;

const operators = new Map<string, Compile>([
  ['prefix', (operand, place) => compileAffix(operand, place, (text, affix) => text.startsWith(affix))],
  ['suffix', (operand, place) => compileAffix(operand, place, (text, affix) => text.endsWith(affix))],
  ['equals-ignore-case', compileIgnoreCase],
  ['wildcard', (operand, place) => onStrings(compileWildcard(text(operand, place, 'wildcard'), place))],
  ['numeric', compileNumeric],
  ['cidr', (operand, place) => onStrings(compileCidr(text(operand, place, 'cidr'), place))],
  ['exists', compileExists],
  ['anything-but', compileAnythingBut],
]);

/** Names that make `$or` an ordinary field when they appear directly in one of its objects. */
export const operatorNames: ReadonlySet<string> = new Set(operators.keys());

function compileAffix(operand: unknown, place: string, test: (text: string, affix: string) => boolean): ValueMatcher {
  if (typeof operand === 'string') return onStrings((value) => test(value, operand));
  const { name, operand: inner } = singleOperator(operand, place);
  if (name !== 'equals-ignore-case') throw new InvalidEventPatternError(place, `"${name}" cannot stand here`);
  const folded = fold(text(inner, place, name));
  return onStrings((value) => test(fold(value), folded));
}

function compileIgnoreCase(operand: unknown, place: string): ValueMatcher {
  const folded = fold(text(operand, place, 'equals-ignore-case'));
  return onStrings((value) => fold(value) === folded);
}

function compileExists(operand: unknown, place: string): ValueMatcher {
  if (operand !== true) throw new InvalidEventPatternError(place, '"exists" takes true or false');
  return () => true;
}

/** Matches any value that is there, whatever its type, except the named ones; a missing field never matches. */
function compileAnythingBut(operand: unknown, place: string): ValueMatcher {
  const refused = isOperatorObject(operand) ? refusedByOperator(operand, place) : refusedValues(operand, place);
  return (value) => !refused.some((matches) => matches(value));
}

function refusedByOperator(operand: Record<string, unknown>, place: string): ValueMatcher[] {
  const { name, operand: inner } = singleOperator(operand, place);
  const compile = operators.get(name);
  if (compile === undefined || !['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(name)) {
    throw new InvalidEventPatternError(place, `"anything-but" cannot contain "${name}"`);
  }
  return list(inner, place).map((one) => {
    const operandText = text(one, place, name);
    if (operandText === '') throw new InvalidEventPatternError(place, `"${name}" in "anything-but" must not be empty`);
    return compile(operandText, place);
  });
}

function refusedValues(operand: unknown, place: string): ValueMatcher[] {
  const values = list(operand, place);
  const allOf = (type: string) => values.every((value) => typeof value === type);
  if (!allOf('string') && !allOf('number')) {
    throw new InvalidEventPatternError(place, '"anything-but" takes strings or numbers, not a mixture');
  }
  return values.map((refused) => (value) => value === refused);
}

function list(operand: unknown, place: string): unknown[] {
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) throw new InvalidEventPatternError(place, '"anything-but" must not be an empty list');
  return values;
}

function singleOperator(entry: unknown, place: string): { name: string; operand: unknown } {
  const entries = isOperatorObject(entry) ? Object.entries(entry) : [];
  const [first] = entries;
  if (first === undefined || entries.length !== 1) {
    throw new InvalidEventPatternError(place, 'an operator is an object with exactly one key, such as {"prefix": "a"}');
  }
  return { name: first[0], operand: first[1] };
}

function onStrings(test: (value: string) => boolean): ValueMatcher {
  return (value) => typeof value === 'string' && test(value);
}

function text(operand: unknown, place: string, name: string): string {
  if (typeof operand !== 'string') throw new InvalidEventPatternError(place, `"${name}" takes a string`);
  return operand;
}

function fold(value: string): string {
  return value.toLowerCase();
}

function isOperatorObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

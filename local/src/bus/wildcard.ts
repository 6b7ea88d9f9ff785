/** The `wildcard` operator of event patterns: `*` is any run of characters, `\*` a star, `\\` a backslash. */
import { InvalidEventPatternError } from './invalid-event-pattern-error.ts';

/**
 * Compiles a wildcard pattern; matching takes time linear in the value for each `*`, with no backtracking.
 * @throws InvalidEventPatternError for two stars in a row or another character behind a backslash.
 */
export function compileWildcard(pattern: string, place: string): (value: string) => boolean {
  const literals = splitAtStars(pattern, place);
  const first = literals[0] ?? '';
  const last = literals[literals.length - 1] ?? '';
  if (literals.length === 1) return (value) => value === first;
  const middle = literals.slice(1, -1);
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
    let position = first.length;
    for (const literal of middle) {
      const found = value.indexOf(literal, position);
      if (found < 0) return false;
      position = found + literal.length;
    }
    return position <= value.length - last.length;
  };
}

function splitAtStars(pattern: string, place: string): string[] {
  const literals: string[] = [''];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '*') {
      if (pattern.charAt(index + 1) === '*') throw new InvalidEventPatternError(place, 'two wildcards in a row');
      literals.push('');
      continue;
    }
    let literal = character;
    if (character === '\\') {
      index++;
      literal = pattern.charAt(index);
      if (literal !== '*' && literal !== '\\') {
        throw new InvalidEventPatternError(place, 'a backslash must precede * or a backslash');
      }
    }
    literals[literals.length - 1] += literal;
  }
  return literals;
}

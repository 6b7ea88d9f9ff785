import type { ParsedRecipe } from './parse-recipe.ts';
import { parseRecipe } from './parse-recipe.ts';
import type { DatasetFacts } from './resolved-recipe.ts';

/** A dataset like CIFAR-10. */
export const facts: DatasetFacts = {
  digest: 'ab'.repeat(32),
  classes: ['airplane', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck', 'van'],
  trainImages: 50_000,
  validationImages: 5_000,
  typicalSize: { height: 32, width: 32 },
  project: 'Things of all kinds',
};

/** A recipe that must parse. */
export function parsed(text: string): ParsedRecipe {
  const result = parseRecipe(text);
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('\n'));
  return result.parsed;
}

/** `code path line:column` of each fault of a text, in order. */
export function faultsOf(text: string): string[] {
  const result = parseRecipe(text);
  if (result.ok) return [];
  return result.faults.map(({ code, path, position }) => {
    const place = position === undefined ? '-' : `${position.line}:${position.column}`;
    return `${code} ${path === '' ? '.' : path} ${place}`;
  });
}

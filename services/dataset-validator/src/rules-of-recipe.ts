import { type DatasetRules, defaultTolerance } from '@dropforge/datasets';
import { datasetRules, parseRecipe } from '@dropforge/recipe';

/** What a recipe asks of its dataset. One that cannot be read asks for nothing here; the config-renderer tells its faults. */
export function rulesOfRecipe(text: string | undefined): DatasetRules {
  const result = parseRecipe(text);
  if (!result.ok) return {};
  const { validationFraction, badImageTolerance } = datasetRules(result.parsed.recipe);
  const badFractionPerClass = Math.max(defaultTolerance.badFractionPerClass, badImageTolerance);
  return { validationFraction, tolerance: { badFraction: badImageTolerance, badFractionPerClass } };
}

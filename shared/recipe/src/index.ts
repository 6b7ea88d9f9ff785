/** The user's configuration: reading it, deciding what it leaves open, and rendering what the jobs take. */
export type { Augmentation, ResolvedAugmentation } from './augmentations.ts';
export { canonicalJson } from './canonical-json.ts';
export { MAXIMUM_RECIPE_BYTES, PROCESSORS } from './choices.ts';
export type { CostEstimate } from './cost/estimate-cost.ts';
export type { Decision } from './decide.ts';
export { datasetRules } from './defaults.ts';
export { type ConfigDifference, diffConfigs } from './diff-configs.ts';
export { explain, summarise } from './explain.ts';
export { type Fault, formatFault, formatWhere, type Position, type Positions } from './fault.ts';
export { checkRecipe, type ParsedRecipe, type ParseResult, parseRecipe } from './parse-recipe.ts';
export { checkAnswer, type RecipeQuestion, recipeQuestions } from './questions.ts';
export {
  type ConversionConfig,
  configDigest,
  type RunPolicy,
  renderConversionConfig,
  renderPolicy,
  renderTrainingConfig,
  type TrainingConfig,
} from './render-config.ts';
export { type Answer, type Answers, renderRecipeYaml } from './render-recipe-yaml.ts';
export { type Resolution, resolveRecipe } from './resolve-recipe.ts';
export type { DatasetFacts, ResolvedRecipe } from './resolved-recipe.ts';
export { type Recipe, recipeJsonSchema, recipeSchema } from './schema.ts';

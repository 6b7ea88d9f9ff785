import { PROCESSORS } from './choices.ts';
import { findConflicts } from './conflicts.ts';
import { type CostEstimate, estimateCost } from './cost/estimate-cost.ts';
import { noPrices, type PriceOf } from './cost/prices.ts';
import { always, type Decide, type Decision, startDeciding } from './decide.ts';
import { decideDeployment, decideEvaluation, decideGates } from './decide-delivery.ts';
import { decideLearning } from './decide-learning.ts';
import { decideTraining } from './decide-training.ts';
import { datasetRules, defaultName } from './defaults.ts';
import { findDoubts } from './doubts.ts';
import { estimateSeconds } from './estimate.ts';
import { type Draft, type Fault, NO_POSITIONS, placeFault } from './fault.ts';
import type { ParsedRecipe } from './parse-recipe.ts';
import type { DatasetFacts, ResolvedRecipe } from './resolved-recipe.ts';
import type { Recipe } from './schema.ts';

export interface Resolution {
  readonly resolved: ResolvedRecipe;
  readonly explanation: readonly Decision[];
  /** Not empty: nothing may be spent on this recipe with this dataset. */
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly cost: CostEstimate;
}

/**
 * Decides every value that the recipe leaves open, and checks the whole against the dataset. `priceOf`: what training on
 * an instance type costs where it will run.
 */
export function resolveRecipe(
  { recipe, positions }: ParsedRecipe,
  facts: DatasetFacts,
  priceOf: PriceOf = noPrices,
): Resolution {
  const { decide, explanation } = startDeciding();
  const resolved = decideAll(recipe, facts, decide, priceOf);
  // What is wrong with the dataset stands nowhere in the recipe.
  const place = (draft: Draft) => placeFault(draft, draft.path.length === 0 ? NO_POSITIONS : positions);
  return {
    resolved,
    explanation,
    faults: findConflicts(resolved, facts, priceOf).map(place),
    warnings: findDoubts(resolved, facts).map(place),
    cost: estimateCost(resolved.training, priceOf),
  };
}

function decideAll(recipe: Recipe, facts: DatasetFacts, decide: Decide, priceOf: PriceOf): ResolvedRecipe {
  const { digest, classes, trainImages, validationImages } = facts;
  const name = decide('name', recipe.name, defaultName(facts));
  const task = decide('task', recipe.task, always('classification', 'the only task'));
  const learning = decideLearning(recipe, facts, decide);
  const seed = decide('seed', recipe.seed, always(0, 'the same run twice gives the same start'));
  const evaluation = decideEvaluation(recipe, facts, decide);
  const targets = decide('targets', recipe.targets, always([...PROCESSORS], 'every processor we build for'));
  const estimatedSeconds = estimateSeconds({ ...learning, width: learning.network.width, trainImages });
  return {
    dataset: { digest, classes, trainImages, validationImages },
    name,
    task,
    ...learning,
    seed,
    ...decideDatasetRules(recipe, decide),
    evaluation,
    targets,
    gates: decideGates(recipe, facts, targets, evaluation.goldenImages, decide),
    training: decideTraining(recipe.training, estimatedSeconds, decide, priceOf),
    deployment: decideDeployment(recipe, decide),
  };
}

/** Used before this, when the drop was validated; noted here so that the record is whole. */
function decideDatasetRules({ split, tolerance }: Recipe, decide: Decide): Pick<ResolvedRecipe, 'split' | 'tolerance'> {
  const usual = datasetRules({});
  const validation = always(usual.validationFraction, 'the customary tenth');
  const badImages = always(usual.badImageTolerance, 'a few bad images are left out and listed');
  return {
    split: { validation: decide('split.validation', split?.validation, validation) },
    tolerance: { badImages: decide('tolerance.badImages', tolerance?.badImages, badImages) },
  };
}

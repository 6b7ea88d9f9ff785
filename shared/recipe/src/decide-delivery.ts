import { NO_DEPLOYMENT } from './choices.ts';
import { always, type Decide, fromDataset } from './decide.ts';
import { defaultMinimumAccuracy, GATE_DEFAULTS } from './defaults.ts';
import type { DatasetFacts, ResolvedRecipe } from './resolved-recipe.ts';
import type { Recipe } from './schema.ts';

/** How many held-out images are measured, and how many of them every target must answer bit for bit. */
export function decideEvaluation({ evaluation }: Recipe, { validationImages }: DatasetFacts, decide: Decide) {
  const most = Math.max(1, Math.min(10_000, validationImages));
  const open =
    most === validationImages
      ? fromDataset(most, 'all held-out images')
      : always(most, 'enough to tell half a point apart');
  const images = decide('evaluation.images', evaluation?.images, open);
  const few = Math.min(20, images);
  const goldenImages = decide(
    'evaluation.goldenImages',
    evaluation?.goldenImages,
    always(few, 'slow targets run each of them'),
  );
  return { images, goldenImages };
}

/** The gate's policy, whole, so that the judge needs nothing else. */
export function decideGates(
  { gates }: Recipe,
  facts: DatasetFacts,
  targets: ResolvedRecipe['targets'],
  goldenImages: number,
  decide: Decide,
): ResolvedRecipe['gates'] {
  const { maximumAccuracyDrop, maximumModelBytes, maximumArtifactBytes } = GATE_DEFAULTS;
  return {
    requiredTargets: decide(
      'gates.requiredTargets',
      gates?.requiredTargets,
      always([...targets], 'all that are built'),
    ),
    minimumGoldenImages: Math.max(1, Math.min(goldenImages, facts.validationImages)),
    minimumAccuracy: decide('gates.minimumAccuracy', gates?.minimumAccuracy, defaultMinimumAccuracy(facts)),
    maximumAccuracyDrop: decide(
      'gates.maximumAccuracyDrop',
      gates?.maximumAccuracyDrop,
      always(maximumAccuracyDrop, 'conversion is exact; more means a mistake'),
    ),
    maximumModelBytes: decide(
      'gates.maximumModelBytes',
      gates?.maximumModelBytes,
      always(maximumModelBytes, 'far above any model of this network'),
    ),
    maximumArtifactBytes: decide(
      'gates.maximumArtifactBytes',
      gates?.maximumArtifactBytes,
      always(maximumArtifactBytes, 'what a small device can hold twice'),
    ),
  };
}

/** null: nothing is delivered. */
export function decideDeployment({ deployment }: Recipe, decide: Decide): ResolvedRecipe['deployment'] {
  const to = decide(
    'deployment.to',
    deployment?.to,
    always('dropforge-devices', 'the thing group that comes with Dropforge'),
  );
  if (to === NO_DEPLOYMENT) return null;
  const approval = decide(
    'deployment.approval',
    deployment?.approval,
    always('manual', 'a person looks before devices change'),
  );
  return { to, approval };
}

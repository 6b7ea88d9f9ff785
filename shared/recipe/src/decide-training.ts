import { MAXIMUM_RUNTIME_SECONDS } from './choices.ts';
import { always, type Decide } from './decide.ts';
import type { ResolvedTraining } from './resolved-recipe.ts';
import type { Recipe } from './schema.ts';

/** Where training runs and for how long at most; a cost limit shortens the time by the price of the instance. */
export function decideTraining(given: Recipe['training'], estimatedSeconds: number, decide: Decide): ResolvedTraining {
  const generous = Math.min(MAXIMUM_RUNTIME_SECONDS, Math.max(3_600, 3 * estimatedSeconds + 900));
  const limit = decide(
    'training.maximumRuntimeSeconds',
    given?.maximumRuntimeSeconds,
    always(generous, 'three times the estimate and a quarter of an hour, at least an hour'),
  );
  const maximumCostUsd = decide('training.maximumCostUsd', given?.maximumCostUsd, always(null, 'no limit'));
  const instanceUsdPerHour = decide(
    'training.instanceUsdPerHour',
    given?.instanceUsdPerHour,
    always(null, 'not given'),
  );
  const paidSeconds = Math.floor(((maximumCostUsd ?? Number.POSITIVE_INFINITY) / (instanceUsdPerHour ?? 1)) * 3_600);
  return {
    instanceTypes: decide(
      'training.instanceTypes',
      given?.instanceTypes,
      always(['ml.c7i.xlarge'], 'has native bfloat16'),
    ),
    spot: decide('training.spot', given?.spot, always(false, 'no waiting for spare capacity')),
    maximumRuntimeSeconds: instanceUsdPerHour === null ? limit : Math.min(limit, paidSeconds),
    maximumCostUsd,
    instanceUsdPerHour,
    checkpointSeconds: decide(
      'training.checkpointSeconds',
      given?.checkpointSeconds,
      always(20, 'little is lost, little is written'),
    ),
    estimatedSeconds,
  };
}

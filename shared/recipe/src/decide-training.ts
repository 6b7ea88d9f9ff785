import { MAXIMUM_RUNTIME_SECONDS } from './choices.ts';
import type { PriceOf } from './cost/prices.ts';
import { always, type Decide } from './decide.ts';
import type { ResolvedTraining } from './resolved-recipe.ts';
import type { Recipe } from './schema.ts';

type Given = Recipe['training'];

/** Where training runs and for how long at most; a cost limit shortens the time by the price of the instances. */
export function decideTraining(
  given: Given,
  estimatedSeconds: number,
  decide: Decide,
  priceOf: PriceOf,
): ResolvedTraining {
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
    always(null, 'the prices that are known'),
  );
  const instances = decideInstances(given, decide);
  const dearest = dearestPrice({ ...instances, instanceUsdPerHour }, priceOf);
  const paidSeconds = Math.floor(((maximumCostUsd ?? Number.POSITIVE_INFINITY) / (dearest ?? 1)) * 3_600);
  return {
    ...instances,
    ...decidePatience(given, decide),
    maximumRuntimeSeconds: dearest === undefined ? limit : Math.max(1, Math.min(limit, paidSeconds)),
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

/** US dollars for an hour of all instances of the dearest type; undefined: a price is not known. */
export function dearestPrice(
  training: Pick<ResolvedTraining, 'instanceTypes' | 'instanceCount' | 'instanceUsdPerHour'>,
  priceOf: PriceOf,
): number | undefined {
  const prices = training.instanceTypes.map((type) => training.instanceUsdPerHour ?? priceOf(type));
  return prices.every((price) => price !== undefined) ? training.instanceCount * Math.max(...prices) : undefined;
}

function decideInstances(given: Given, decide: Decide) {
  return {
    instanceTypes: decide(
      'training.instanceTypes',
      given?.instanceTypes,
      always(['ml.c7i.xlarge'], 'has native bfloat16'),
    ),
    instanceCount: decide(
      'training.instanceCount',
      given?.instanceCount,
      always(1, 'one is enough for these networks'),
    ),
    spot: decide('training.spot', given?.spot, always(false, 'no waiting for spare capacity')),
    onDemandFallback: decide(
      'training.onDemandFallback',
      given?.onDemandFallback,
      always(true, 'a model late is worth more than none'),
    ),
  };
}

function decidePatience(given: Given, decide: Decide) {
  return {
    spotWaitSeconds: decide(
      'training.spotWaitSeconds',
      given?.spotWaitSeconds,
      always(3_600, 'spare capacity comes soon or not today'),
    ),
    maximumWaitSeconds: decide(
      'training.maximumWaitSeconds',
      given?.maximumWaitSeconds,
      always(86_400, 'a day; then somebody should look'),
    ),
  };
}

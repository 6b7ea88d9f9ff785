import type { ResolvedTraining } from '../resolved-recipe.ts';
import { jobUsd } from './job-cost.ts';
import type { PriceOf } from './prices.ts';

/** What a training job will cost, before it is started. */
export interface CostEstimate {
  /** US dollars for an hour of one instance, by type, where it is known. */
  readonly usdPerHour: Readonly<Record<string, number>>;
  /** Billed seconds that are expected. */
  readonly seconds: number;
  /** For the first type, on demand; undefined: its price is not known. */
  readonly usd: number | undefined;
  /** The dearest type up to its runtime limit; undefined: a price is not known. */
  readonly maximumUsd: number | undefined;
}

/**
 * Billed beside training itself: bringing the container and the dataset, decoding, evaluation, export, taking the model
 * away. Measured for 70,000 images on two cores: 16 s; the rest is margin for the downloads of a real instance.
 */
const overheadSeconds = 120;

/** The estimate of training seconds holds for two cores; several instances are taken to be no faster than one. */
export function estimateCost(training: ResolvedTraining, priceOf: PriceOf): CostEstimate {
  const { instanceTypes, instanceCount, instanceUsdPerHour, estimatedSeconds, maximumRuntimeSeconds } = training;
  const prices = instanceTypes.flatMap((type) => {
    const price = instanceUsdPerHour ?? priceOf(type);
    return price === undefined ? [] : [[type, price] as const];
  });
  const seconds = Math.ceil(Math.min(estimatedSeconds + overheadSeconds, maximumRuntimeSeconds));
  const usdPerHour = Object.fromEntries(prices);
  const first = usdPerHour[instanceTypes[0] ?? ''];
  const cost = (price: number, longest: number) => jobUsd({ seconds: longest, instanceCount, usdPerHour: price });
  return {
    usdPerHour,
    seconds,
    usd: first === undefined ? undefined : cost(first, seconds),
    maximumUsd:
      prices.length < instanceTypes.length
        ? undefined
        : cost(Math.max(...prices.map(([, price]) => price)), maximumRuntimeSeconds),
  };
}

/** How long a failed delivery waits for its next attempt. */

export interface RetryDelays {
  /** Upper bound of the first delay, in milliseconds; it doubles with every attempt. */
  firstMilliseconds: number;
  /** No delay is longer. */
  longestMilliseconds: number;
  /** A number from 0 (included) to 1. */
  random: () => number;
}

/** Shorter than on AWS, where a function's first retry takes a minute: at a desk, somebody is watching. */
export const DEFAULT_RETRY_DELAYS: RetryDelays = {
  firstMilliseconds: 500,
  longestMilliseconds: 30_000,
  random: Math.random,
};

/** Exponential with jitter: between half of the bound and the bound, so that a retry never comes at once. */
export function retryDelay(attempt: number, { firstMilliseconds, longestMilliseconds, random }: RetryDelays): number {
  const bound = Math.min(longestMilliseconds, firstMilliseconds * 2 ** (attempt - 1));
  return Math.ceil((bound / 2) * (1 + random()));
}

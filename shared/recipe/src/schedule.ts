import type { ResolvedBudget, ResolvedSchedule } from './resolved-recipe.ts';

export type ScheduleName = ResolvedSchedule['name'];

/** A change of the learning rate, at a fraction of the budget, to `factor` times the highest rate. */
export interface Drop {
  readonly fraction: number;
  readonly factor: number;
}

/** Share of the budget in which the rate climbs linearly from a thousandth, for the schedules that have a warm-up. */
export const DEFAULT_WARMUP = 0.1;

/**
 * Where a step schedule divides the rate by ten. Fractions of the budget, so that a budget in seconds ends annealed too;
 * the last twentieth stands for the "last epoch" of schedules that count epochs.
 */
export function dropsOf(name: ScheduleName): readonly Drop[] {
  const fractions = {
    constant: [],
    cosine: [],
    '2-step': [1 / 2, 0.95],
    '3-step': thirds,
    '3-step-with-warmup': thirds,
  };
  return fractions[name].map((fraction, index) => ({ fraction, factor: 10 ** -(index + 1) }));
}

/** Steps of a training by epochs; undefined for a budget in seconds. An epoch drops its incomplete last batch. */
export function stepsOf(budget: ResolvedBudget, trainImages: number, batchSize: number): number | undefined {
  if ('seconds' in budget) return undefined;
  return Math.max(1, budget.epochs * Math.floor(trainImages / batchSize));
}

/** One sentence that says when the rate changes, in steps where the budget counts them. */
export function describeSchedule(schedule: ResolvedSchedule, steps: number | undefined): string {
  const at = (fraction: number) =>
    steps === undefined ? `${Math.round(fraction * 1000) / 10} %` : `step ${Math.floor(fraction * steps)}`;
  const drops = dropsOf(schedule.name).map(({ fraction }) => at(fraction));
  const parts = [
    ...(schedule.warmup === undefined || schedule.warmup === 0 ? [] : [`climbs until ${at(schedule.warmup)}`]),
    ...(schedule.name === 'cosine' ? ['falls to 0 along a cosine'] : []),
    ...(drops.length === 0 ? [] : [`is divided by 10 at ${drops.join(', ')}`]),
  ];
  return parts.length === 0 ? 'the rate stays the same' : `the rate ${parts.join(', then ')}`;
}

const thirds = [1 / 3, 2 / 3, 0.95];

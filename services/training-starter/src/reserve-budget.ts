import type { configRendered, EventOf, Reason } from '@dropforge/events';
import { jobUsd } from '@dropforge/recipe/cost';
import type { Placement } from './placements.ts';
import type { Ports } from './ports.ts';

/**
 * Sets the job's estimate aside in the project's month, at the price on demand. The result says why the month does not
 * allow it; undefined: it does.
 */
export async function refusedByBudget(
  job: {
    readonly data: EventOf<typeof configRendered>['data'];
    readonly placement: Placement;
    readonly jobName: string;
  },
  { budget, now }: Pick<Ports, 'budget' | 'now'>,
): Promise<Reason | undefined> {
  const { project, usdPerHour, instanceCount, estimatedSeconds } = job.data;
  const { instanceType } = job.placement;
  const limitUsd = budget.limitOf(project);
  const price = usdPerHour[instanceType];
  if (price === undefined || estimatedSeconds === undefined)
    return limitUsd === undefined ? undefined : priceUnknown(project, instanceType);
  const usd = jobUsd({ seconds: estimatedSeconds, instanceCount, usdPerHour: price });
  if (await budget.reserve({ project, jobName: job.jobName }, usd, limitUsd, now())) return undefined;
  const { month, reservedUsd, spentUsd } = await budget.read(project, now());
  const left = Math.max(0, (limitUsd ?? 0) - reservedUsd - spentUsd);
  const [needed, has, whole] = [usd, left, limitUsd ?? 0].map((amount) => amount.toFixed(2));
  return {
    code: 'BUDGET_EXCEEDED',
    message: `The run needs about ${needed} USD; ${project} has ${has} of its ${whole} USD left for ${month}.`,
    action: 'Raise the budget of the project, or wait for the next month (UTC); then retry the run.',
  };
}

function priceUnknown(project: string, instanceType: string): Reason {
  return {
    code: 'PRICE_UNKNOWN',
    message: `${project} has a monthly budget, and the price of ${instanceType} is not known here.`,
    action:
      'Give training.instanceUsdPerHour in the recipe, or the price as a parameter of the deployment; then retry.',
  };
}

import { configRendered, type JobCost } from '@dropforge/events';
import type { Run } from './run.ts';

/** What a run was expected to cost, and what it has cost: US dollars at prices on demand. */
export interface RunCost {
  /** Of one training job; absent: a price is not known. */
  readonly estimatedUsd?: number;
  readonly maximumUsd?: number;
  /** Of all jobs that have ended; absent: none has, or the price of one is not known. */
  readonly spentUsd?: number;
  /** By spare capacity. */
  readonly savedUsd?: number;
  readonly jobs: readonly (JobCost & { readonly jobName: string })[];
}

/** undefined: nothing is known yet. */
export function runCostOf({ facts, costs = {} }: Pick<Run, 'facts' | 'costs'>): RunCost | undefined {
  const terms = configRendered.data.safeParse(facts['config.rendered']).data;
  const jobs = Object.entries(costs).map(([jobName, cost]) => ({ jobName, ...cost }));
  const { estimatedUsd, maximumUsd } = terms ?? {};
  const spentUsd = jobs.length > 0 && jobs.every(({ usd }) => usd !== undefined) ? total(jobs, 'usd') : undefined;
  const savedUsd = total(jobs, 'savedUsd') || undefined;
  if (jobs.length === 0 && estimatedUsd === undefined && maximumUsd === undefined) return undefined;
  return { ...defined({ estimatedUsd, maximumUsd, spentUsd, savedUsd }), jobs };
}

function total(jobs: readonly JobCost[], field: 'usd' | 'savedUsd'): number {
  return Math.round(jobs.reduce((sum, job) => sum + (job[field] ?? 0), 0) * 1e6) / 1e6;
}

function defined(amounts: Record<string, number | undefined>): Omit<RunCost, 'jobs'> {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));
}

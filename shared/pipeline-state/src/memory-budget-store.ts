import { type BudgetEntry, type BudgetStore, monthsOf, sumEntries, toMicroUsd } from './budget-store.ts';

/** The budget store in memory, for tests of what stands on it. */
export function createMemoryBudgetStore(): BudgetStore {
  const entries = new Map<string, BudgetEntry & { project: string; month: string }>();
  const keyOf = ({ project, jobName }: { project: string; jobName: string }) => JSON.stringify([project, jobName]);
  const ofMonth = (project: string, month: string) =>
    [...entries.values()].filter((entry) => entry.project === project && entry.month === month);
  return {
    async reserve(job, estimateUsd, limitUsd, now) {
      const [month] = monthsOf(now);
      const { reservedUsd, spentUsd } = sumEntries(month, ofMonth(job.project, month));
      if (entries.has(keyOf(job))) return true;
      const microUsd = toMicroUsd(estimateUsd);
      if (limitUsd !== undefined && toMicroUsd(reservedUsd + spentUsd) + microUsd > toMicroUsd(limitUsd)) return false;
      entries.set(keyOf(job), { status: 'open', microUsd, project: job.project, month });
      return true;
    },
    async withdraw(job) {
      if (entries.get(keyOf(job))?.status === 'open') entries.delete(keyOf(job));
    },
    async settle(job, actualUsd, now) {
      const known = entries.get(keyOf(job));
      if (known?.status === 'ended') return;
      const month = known?.month ?? monthsOf(now)[0];
      entries.set(keyOf(job), { status: 'ended', microUsd: toMicroUsd(actualUsd), project: job.project, month });
    },
    async read(project, now) {
      const [month] = monthsOf(now);
      return sumEntries(month, ofMonth(project, month));
    },
  };
}

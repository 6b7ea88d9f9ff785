/** What a project may spend on jobs in a month, and what it has: amounts in US dollars, months in UTC. */
export interface BudgetStore {
  /**
   * Sets a job's estimate aside. False: the month's limit does not allow it, and nothing was set aside. A job that is in
   * the books already is not counted again. `limitUsd` undefined: no limit, but it is written down all the same.
   */
  reserve(job: BudgetedJob, estimateUsd: number, limitUsd: number | undefined, now: Date): Promise<boolean>;
  /** The job was not started: its estimate is free again. */
  withdraw(job: BudgetedJob, now: Date): Promise<void>;
  /** The job has ended: what it cost takes the place of its estimate, once. A job without an estimate counts all the same. */
  settle(job: BudgetedJob, actualUsd: number, now: Date): Promise<void>;
  read(project: string, now: Date): Promise<BudgetMonth>;
}

export interface BudgetedJob {
  readonly project: string;
  readonly jobName: string;
}

export interface BudgetMonth {
  /** `2026-11`, UTC. */
  readonly month: string;
  /** Of jobs that have not ended, as far as they were reserved in this month. */
  readonly reservedUsd: number;
  readonly spentUsd: number;
}

/**
 * A job belongs to the month in which it was reserved. It may end in a later one: jobs run for 28 days at most, and as
 * long again they may wait for spot capacity.
 */
export function monthsOf(now: Date): [current: string, ...earlier: string[]] {
  const month = (back: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 'yyyy-mm'.length);
  return [month(0), month(1), month(2)];
}

/** A month's books are kept for a year after it has ended; runs keep their own costs. Seconds since 1970. */
export function expiryOfMonth(month: string): number {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return Date.UTC(year + 1, number) / 1_000;
}

/** What the books say of a job: millionths of a dollar, so that sums stay exact. */
export interface BudgetEntry {
  readonly status: 'open' | 'ended';
  readonly microUsd: number;
}

export function toMicroUsd(usd: number): number {
  if (!(usd >= 0 && usd < 1e9)) throw new Error(`${usd} is no amount of money.`);
  return Math.round(usd * 1e6);
}

/** As one value, so that a condition can compare it whole: `open 421000`. */
export function formatEntry({ status, microUsd }: BudgetEntry): string {
  return `${status} ${microUsd}`;
}

export function parseEntry(text: string): BudgetEntry {
  const [, status, amount] = /^(open|ended) (\d+)$/.exec(text) ?? [];
  if (status !== 'open' && status !== 'ended') throw new Error(`"${text}" is no entry of a budget.`);
  return { status, microUsd: Number(amount) };
}

/** The sums of a month's entries. */
export function sumEntries(month: string, entries: readonly BudgetEntry[]): BudgetMonth {
  const sum = (wanted: BudgetEntry['status']) =>
    entries.reduce((total, { status, microUsd }) => total + (status === wanted ? microUsd : 0), 0) / 1e6;
  return { month, reservedUsd: sum('open'), spentUsd: sum('ended') };
}

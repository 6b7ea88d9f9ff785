import type { AnyEvent } from '@dropforge/events';
import { type Cause, type HistoryEntry, historyLimit, type Run } from './run.ts';

/** Texts in entries are for people, and the item has other things to hold. */
const noteMaximum = 300;

/** What an event says of itself in the timeline: codes, a sentence, who. */
export function describeEvent({ data }: AnyEvent): Pick<HistoryEntry, 'codes' | 'note' | 'by'> {
  const reasons = 'reasons' in data ? data.reasons : [];
  const note = reasons[0]?.message ?? equipmentOf(data);
  return {
    ...(reasons.length > 0 ? { codes: [...new Set(reasons.map(({ code }) => code))] } : {}),
    ...(note ? { note: note.slice(0, noteMaximum) } : {}),
    ...('by' in data ? { by: data.by } : {}),
  };
}

/** On what a job runs: a type other than the run before had is a fallback. */
function equipmentOf(data: AnyEvent['data']): string | undefined {
  if (!('instanceType' in data)) return undefined;
  const {
    instanceType,
    instanceCount = 1,
    spot = false,
  } = data as {
    instanceType: string;
    instanceCount?: number;
    spot?: boolean;
  }; // the fields of training.started and conversion.started
  return `${instanceCount > 1 ? `${instanceCount} × ` : ''}${instanceType}${spot ? ', spot' : ''}`;
}

/** Why an event changed nothing. */
export function whyLate(run: Run, attempt: number): string {
  if (attempt < run.attempt) return `It is about attempt ${attempt}; the run is at attempt ${run.attempt}.`;
  return `The run was already "${run.state}".`;
}

/** Notes that the reconciler found the run silent; asking again is the same entry, counted. */
export function withNudge(run: Run, note: string, now: Date, cause?: Cause): Run {
  return withEntry(run, { ...entryOf(run, 'run.nudged', now, cause), kind: 'nudge', note });
}

/** Notes that a step failed at an event; the same failure again is the same entry, counted. */
export function withFailure(run: Run, event: string, error: Error, now: Date, cause?: Cause): Run {
  const note = `${error.name}: ${error.message}`.slice(0, noteMaximum);
  return withEntry(run, { ...entryOf(run, event, now, cause), kind: 'failure', note });
}

function entryOf(run: Run, event: string, now: Date, cause: Cause | undefined): HistoryEntry {
  return { at: now.toISOString(), event, attempt: run.attempt, from: run.state, ...(cause ? { cause } : {}) };
}

/** Adds an entry. One that only repeats the last is counted on it, so that waiting does not fill the timeline. */
export function withEntry(run: Run, entry: HistoryEntry): Run {
  const last = run.history.at(-1);
  if (last && entry.kind && sameKind(last, entry)) {
    const counted = { ...last, count: (last.count ?? 1) + 1, until: entry.at };
    return { ...run, history: [...run.history.slice(0, -1), counted] };
  }
  return { ...run, history: compact([...run.history, entry]) };
}

function sameKind(one: HistoryEntry, other: HistoryEntry): boolean {
  return (
    one.kind === other.kind &&
    one.event === other.event &&
    one.attempt === other.attempt &&
    one.from === other.from &&
    one.note === other.note
  );
}

/**
 * Keeps the timeline within its limit without losing what matters. First an old attempt's detail goes: what became of
 * it stays, as one entry that says how many it stands for. Then old attempts with the same end become one. How the run
 * began and all of its newest attempt stay as they are, as long as that is possible at all.
 */
export function compact(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  let entries = history;
  while (entries.length > historyLimit) {
    entries = foldOldestAttempt(entries) ?? mergeOldestEnds(entries) ?? dropOldestDetail(entries);
  }
  return entries;
}

function foldOldestAttempt(entries: readonly HistoryEntry[]): readonly HistoryEntry[] | undefined {
  const [first, ...rest] = entries;
  const newest = Math.max(...entries.map(({ attempt }) => attempt));
  const attempt = rest.find(
    (entry) => entry.attempt < newest && rest.filter((other) => other.attempt === entry.attempt).length > 1,
  )?.attempt;
  if (!first || attempt === undefined) return undefined;
  const folded = rest.filter((entry) => entry.attempt === attempt);
  const end = folded.findLast(({ to }) => to) ?? folded.at(-1);
  if (!end) return undefined;
  const fold = { ...end, at: folded[0]?.at ?? end.at, until: end.until ?? end.at, count: sumOf(folded) };
  const kept = rest.flatMap((entry) => (entry === end ? [fold] : entry.attempt === attempt ? [] : [entry]));
  return [first, ...kept];
}

function mergeOldestEnds(entries: readonly HistoryEntry[]): readonly HistoryEntry[] | undefined {
  const index = entries.findIndex((entry, place) => {
    const next = entries[place + 1];
    return place > 0 && entry.count && next?.count && entry.event === next.event && entry.to === next.to;
  });
  const [one, other] = [entries[index], entries[index + 1]];
  if (index < 1 || !one || !other) return undefined;
  const merged = { ...other, at: one.at, until: other.until ?? other.at, count: sumOf([one, other]) };
  return [...entries.slice(0, index), merged, ...entries.slice(index + 2)];
}

/** Late news, nudges and failures go before moves. */
function dropOldestDetail(entries: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const detail = entries.findIndex(({ to }, index) => index > 0 && !to);
  return entries.toSpliced(detail > 0 ? detail : 1, 1);
}

function sumOf(entries: readonly HistoryEntry[]): number {
  return entries.reduce((sum, { count = 1 }) => sum + count, 0);
}

/** What the last move was and how long the run had been where it came from; undefined before the first. */
export function lastMove({ history }: Pick<Run, 'history'>): { from: string; to: string; seconds: number } | undefined {
  const [before, last] = history.filter(({ to }) => to).slice(-2);
  if (!before || !last?.to) return undefined;
  return {
    from: last.from,
    to: last.to,
    seconds: (Date.parse(last.at) - Date.parse(before.until ?? before.at)) / 1_000,
  };
}

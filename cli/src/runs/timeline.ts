import type { TimelineEntry } from '@dropforge/api-contract';
import { formatTable } from '../terminal/table.ts';
import { formatTime } from '../terminal/text.ts';

/** A run's timeline, a line for each entry: when, what happened, where that left the run, and why. */
export function describeTimeline(history: readonly TimelineEntry[]): string[] {
  const severalAttempts = history.some(({ attempt }) => attempt > 1);
  return formatTable(
    history.map((entry) => [
      `  ${formatTime(entry.at)}`,
      severalAttempts ? `#${entry.attempt}` : '',
      entry.event,
      effectOf(entry),
      explain(entry),
    ]),
  );
}

function effectOf({ to, kind }: TimelineEntry): string {
  if (to) return `→ ${to}`;
  if (kind === 'nudge') return 'nudged';
  return kind === 'failure' ? 'failed' : 'too late';
}

function explain({ note, codes = [], by, cause, count, until }: TimelineEntry): string {
  const parts = [
    [note?.replace(/\.$/, ''), codes.length > 0 ? `(${codes.join(', ')})` : ''].filter(Boolean).join(' '),
    by ? `by ${by}` : '',
    cause ? `on ${describeCause(cause)}` : '',
    count && until ? `${count} times until ${formatTime(until)}` : '',
  ];
  return parts.filter(Boolean).join('; ');
}

/** Our own events' ids are made of the run and the type, and say nothing more than these. */
function describeCause({ id, type }: NonNullable<TimelineEntry['cause']>): string {
  return id.endsWith(`.${type}`) ? type : `${type} ${id}`;
}

import type { State } from './transitions.ts';

/** One run of the flow, as it lies in the table: one item, with its own unsent events. */
export interface Run {
  readonly runId: string;
  readonly project: string;
  readonly state: State;
  /** Starts at 1; each retry is the next. */
  readonly attempt: number;
  /** Counts writes; a write names the revision that it read. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** What each event said last, by event name: the run's facts. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Moves and late news, oldest first; the newest `historyLimit` are kept. */
  readonly history: readonly HistoryEntry[];
  /** Events that are decided but not yet on the bus. */
  readonly outbox: readonly OutboxEntry[];
  /** When the reconciler should look, ISO 8601; absent: never. The sparse index `attention` is over it. */
  readonly attentionAt?: string;
  /** How often the reconciler has looked at the run in this state. */
  readonly nudges: number;
}

export interface HistoryEntry {
  readonly at: string;
  readonly event: string;
  readonly attempt: number;
  readonly from: State | 'none';
  /** Absent: the event came late and changed nothing. */
  readonly to?: State;
}

export interface OutboxEntry {
  readonly eventId: string;
  readonly name: string;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const historyLimit = 60;

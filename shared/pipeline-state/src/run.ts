import type { JobCost } from '@dropforge/events';
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
  /** The timeline: moves, late news, nudges and failures, oldest first; old detail is folded, see `timeline.ts`. */
  readonly history: readonly HistoryEntry[];
  /** Events that are decided but not yet on the bus. */
  readonly outbox: readonly OutboxEntry[];
  /** When the reconciler should look, ISO 8601; absent: never. The sparse index `attention` is over it. */
  readonly attentionAt?: string;
  /** What each job cost, by its name, whatever became of the run meanwhile. */
  readonly costs?: Readonly<Record<string, JobCost>>;
  /** How often the reconciler has looked at the run in this state. */
  readonly nudges: number;
}

export interface HistoryEntry {
  readonly at: string;
  readonly event: string;
  readonly attempt: number;
  readonly from: State | 'none';
  /** Absent: it changed nothing. Then `kind` says what it was, and without one the event came late. */
  readonly to?: State;
  readonly kind?: 'nudge' | 'failure';
  /** Codes of the event's reasons, where it gave some: why the run waited, was refused, failed. */
  readonly codes?: readonly string[];
  /** For people: the first reason, the machine that was taken, why news was late. */
  readonly note?: string;
  /** Who asked for it: the API's caller or a Slack user. */
  readonly by?: string;
  /** What was being handled when it happened. */
  readonly cause?: Cause;
  /** How many entries this one stands for, and until when; absent: itself alone. */
  readonly count?: number;
  readonly until?: string;
}

/** What made a function act. */
export interface Cause {
  /** The event's id: ours where the event is one of ours, else AWS's; of an HTTP request its request id. */
  readonly id: string;
  /** A detail-type, a route such as `POST /runs/{runId}/cancel`, a topic. */
  readonly type: string;
}

export interface OutboxEntry {
  readonly eventId: string;
  readonly name: string;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Entries of a timeline; each has at most about 1 kB of the item's 400. */
export const historyLimit = 100;

import type { AnyEvent, EventName } from '@dropforge/events';
import { type HistoryEntry, historyLimit, type OutboxEntry, type Run } from './run.ts';
import { retry, type State, states, transitions } from './transitions.ts';

export type Outcome =
  /** The run moves; `run` is to be written if the revision still is what was read. */
  | { readonly kind: 'moved'; readonly run: Run }
  /** The run took this very event before: nothing to do. */
  | { readonly kind: 'repeated'; readonly run: Run }
  /** The run has gone another way: nothing to do, the event is kept as evidence. */
  | { readonly kind: 'late'; readonly run: Run | undefined };

/** How long an unsent event may lie before the reconciler sends it. */
const unsentAfterSeconds = 60;

/**
 * The one place where runs move: a pure function that both stores write with compare-and-set.
 * `run` undefined: no such run yet.
 */
export function applyEvent(runId: string, run: Run | undefined, event: AnyEvent, now: Date): Outcome {
  if (event.name === 'run.retried') return run ? applyRetry(run, event, now) : { kind: 'late', run };
  const transition = transitions[event.name];
  const attempt = 'attempt' in event.data ? event.data.attempt : 1;
  const state: State | 'none' = run?.state ?? 'none';
  const legal = (transition.from as readonly string[]).includes(state) && attempt === (run?.attempt ?? 1);
  if (!legal) {
    const repeated = run?.history.some((entry) => entry.event === event.name && entry.attempt === attempt && entry.to);
    if (run && repeated) return { kind: 'repeated', run };
    return {
      kind: 'late',
      run: run && remember(run, event.name, attempt, now),
    };
  }
  const before = run ?? newRun(runId, event.data.project, now);
  return { kind: 'moved', run: move(before, state, transition.to, event, now) };
}

/** The id under which an event of a run is known: a repeat has the same one. */
export function eventIdOf(runId: string, attempt: number, name: string): string {
  return `${runId}.t${attempt}.${name}`;
}

/** When the reconciler should look at a run in this state. */
export function attentionAt(run: Pick<Run, 'state' | 'outbox'>, now: Date): string | undefined {
  const seconds = run.outbox.length > 0 ? unsentAfterSeconds : states[run.state].overdueAfterSeconds;
  return seconds === null ? undefined : new Date(now.getTime() + seconds * 1_000).toISOString();
}

function move(before: Run, from: State | 'none', to: State, event: AnyEvent, now: Date): Run {
  const entry = {
    at: now.toISOString(),
    event: event.name,
    attempt: before.attempt,
    from,
    to,
  };
  const outbox = [...before.outbox, outboxEntry(before, event.name, event.data, now)];
  const facts = { ...before.facts, [event.name]: event.data };
  const moved = { ...before, state: to, nudges: 0, outbox, facts };
  // The job of this attempt exists and has failed for want of capacity: the next try needs a name of its own.
  const renewed = event.name === 'training.deferred' && from === 'training' ? nextAttempt(moved) : moved;
  return finish(renewed, entry, now);
}

function nextAttempt(run: Run): Run {
  const attempt = run.attempt + 1;
  return {
    ...run,
    attempt,
    facts: {
      ...run.facts,
      'config.rendered': { ...run.facts['config.rendered'], attempt },
    },
  };
}

/** A retry starts the next attempt at the last stage that worked, by saying that stage's event again. */
function applyRetry(run: Run, event: Extract<AnyEvent, { name: 'run.retried' }>, now: Date): Outcome {
  if (event.data.attempt <= run.attempt) return { kind: 'repeated', run };
  const resume = resumePoint(run);
  if (!(retry.from as readonly State[]).includes(run.state) || event.data.attempt !== run.attempt + 1 || !resume) {
    return {
      kind: 'late',
      run: remember(run, event.name, event.data.attempt, now),
    };
  }
  const attempt = event.data.attempt;
  const to = transitions[resume].to;
  const renewed = {
    ...run.facts[resume],
    ...(resume === 'training.requested' ? {} : { attempt }),
  };
  const next = { ...run, attempt };
  const entry = {
    at: now.toISOString(),
    event: event.name,
    attempt,
    from: run.state,
    to,
  };
  const outbox = [
    ...run.outbox,
    outboxEntry(next, event.name, { ...event.data, resumeFrom: resume }, now),
    outboxEntry(next, resume, renewed, now),
  ];
  const facts = { ...run.facts, [event.name]: event.data, [resume]: renewed };
  return {
    kind: 'moved',
    run: finish({ ...next, state: to, nudges: 0, outbox, facts }, entry, now),
  };
}

/** The latest event whose facts another attempt can go on from. */
export function resumePoint(run: Pick<Run, 'facts'>): Exclude<EventName, 'run.retried'> | undefined {
  return retry.resume.findLast((name) => run.facts[name] !== undefined);
}

function remember(run: Run, event: string, attempt: number, now: Date): Run {
  const known = run.history.some((entry) => entry.event === event && entry.attempt === attempt && !entry.to);
  if (known) return run;
  return withHistory(run, {
    at: now.toISOString(),
    event,
    attempt,
    from: run.state,
  });
}

function finish(run: Run, entry: HistoryEntry, now: Date): Run {
  const { attentionAt: _, ...rest } = run;
  const due = attentionAt(run, now);
  return {
    ...withHistory(rest, entry),
    updatedAt: now.toISOString(),
    ...(due ? { attentionAt: due } : {}),
  };
}

function withHistory(run: Run, entry: HistoryEntry): Run {
  return { ...run, history: [...run.history, entry].slice(-historyLimit) };
}

function outboxEntry(run: Run, name: string, data: OutboxEntry['data'], now: Date): OutboxEntry {
  return {
    eventId: eventIdOf(run.runId, run.attempt, name),
    name,
    occurredAt: now.toISOString(),
    data,
  };
}

function newRun(runId: string, project: string, now: Date): Run {
  return {
    runId,
    project,
    state: 'requested',
    attempt: 1,
    revision: 0,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    facts: {},
    history: [],
    outbox: [],
    nudges: 0,
  };
}

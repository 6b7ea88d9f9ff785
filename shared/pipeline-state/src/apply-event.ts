import type { AnyEvent, EventName, JobCost } from '@dropforge/events';
import type { Cause, HistoryEntry, OutboxEntry, Run } from './run.ts';
import { describeEvent, whyLate, withEntry } from './timeline.ts';
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
 * `run` undefined: no such run yet. `cause`: what was being handled, for the timeline.
 */
export function applyEvent(runId: string, run: Run | undefined, event: AnyEvent, now: Date, cause?: Cause): Outcome {
  if (event.name === 'run.retried') return run ? applyRetry(run, event, now, cause) : { kind: 'late', run };
  const transition = transitions[event.name];
  const attempt = 'attempt' in event.data ? event.data.attempt : 1;
  const state: State | 'none' = run?.state ?? 'none';
  const legal = (transition.from as readonly string[]).includes(state) && attempt === (run?.attempt ?? 1);
  if (!legal) {
    const repeated = run?.history.some((entry) => entry.event === event.name && entry.attempt === attempt && entry.to);
    if (run && repeated) return { kind: 'repeated', run };
    return {
      kind: 'late',
      run: run && withCost(remember(run, event, attempt, now, cause), event),
    };
  }
  const before = run ?? newRun(runId, event.data.project, now);
  return { kind: 'moved', run: withCost(move(before, { from: state, to: transition.to, event, now, cause }), event) };
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

interface Move {
  readonly from: State | 'none';
  readonly to: State;
  readonly event: AnyEvent;
  readonly now: Date;
  readonly cause: Cause | undefined;
}

function move(before: Run, { from, to, event, now, cause }: Move): Run {
  const entry = {
    at: now.toISOString(),
    event: event.name,
    attempt: before.attempt,
    from,
    to,
    ...describeEvent(event),
    ...(cause ? { cause } : {}),
  };
  const outbox = [...before.outbox, outboxEntry(before, event.name, event.data, now)];
  const facts = { ...before.facts, [event.name]: event.data };
  const moved = { ...before, state: to, nudges: 0, outbox, facts };
  // The job of this attempt exists and has failed for want of capacity: the next try needs a name of its own.
  const existed = event.name === 'training.deferred' && (from === 'training' || event.data.jobName !== undefined);
  const renewed = existed ? nextAttempt(moved) : moved;
  return finish(renewed, entry, now);
}

/** A job was paid for even if its run has gone another way. */
function withCost(run: Run, { data }: AnyEvent): Run {
  const { jobName, cost }: { jobName?: string | undefined; cost?: JobCost | undefined } = 'cost' in data ? data : {};
  if (!jobName || !cost || run.costs?.[jobName]) return run;
  return { ...run, costs: { ...run.costs, [jobName]: cost } };
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
function applyRetry(
  run: Run,
  event: Extract<AnyEvent, { name: 'run.retried' }>,
  now: Date,
  cause: Cause | undefined,
): Outcome {
  if (event.data.attempt <= run.attempt) return { kind: 'repeated', run };
  const resume = resumePoint(run);
  if (!(retry.from as readonly State[]).includes(run.state) || event.data.attempt !== run.attempt + 1 || !resume) {
    return {
      kind: 'late',
      run: remember(run, event, event.data.attempt, now, cause),
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
    note: `Goes on from ${resume}.`,
    by: event.data.by,
    ...(cause ? { cause } : {}),
  };
  const outbox = [
    ...run.outbox,
    outboxEntry(next, event.name, { ...event.data, resumeFrom: resume }, now),
    outboxEntry(next, resume, renewed, now),
  ];
  // What an earlier attempt waited for is not this one's business.
  const { 'training.deferred': _, ...past } = run.facts;
  const facts = { ...past, [event.name]: event.data, [resume]: renewed };
  return {
    kind: 'moved',
    run: finish({ ...next, state: to, nudges: 0, outbox, facts }, entry, now),
  };
}

/** The latest event whose facts another attempt can go on from. */
export function resumePoint(run: Pick<Run, 'facts'>): Exclude<EventName, 'run.retried'> | undefined {
  return retry.resume.findLast((name) => run.facts[name] !== undefined);
}

/** Late news is kept once; of an attempt whose detail was folded away, not at all. */
function remember(run: Run, { name }: AnyEvent, attempt: number, now: Date, cause: Cause | undefined): Run {
  const known = run.history.some(
    ({ event, attempt: of, to, kind, count }) => of === attempt && ((event === name && !to && !kind) || (to && count)),
  );
  if (known) return run;
  return withEntry(run, {
    at: now.toISOString(),
    event: name,
    attempt,
    from: run.state,
    note: whyLate(run, attempt),
    ...(cause ? { cause } : {}),
  });
}

function finish(run: Run, entry: HistoryEntry, now: Date): Run {
  const { attentionAt: _, ...rest } = run;
  const due = attentionAt(run, now);
  return {
    ...withEntry(rest, entry),
    updatedAt: now.toISOString(),
    ...(due ? { attentionAt: due } : {}),
  };
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

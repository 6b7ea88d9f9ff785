import type { AnyEvent } from '@dropforge/events';
import { applyEvent, attentionAt, type Outcome } from './apply-event.ts';
import { checkEventSizes } from './event-size.ts';
import type { Cause, OutboxEntry, Run } from './run.ts';
import type { RunStore } from './run-store.ts';
import { withFailure } from './timeline.ts';

/** Puts events on the bus and returns the ids of those that it took. */
export type Publish = (entries: readonly OutboxEntry[]) => Promise<ReadonlySet<string>>;

export interface CommitPorts {
  readonly runs: RunStore;
  readonly publish: Publish;
  readonly now: () => Date;
  /** What is being handled: it stands in the timeline beside what it caused. */
  readonly cause?: Cause;
  /** Told what came of every commit; `isNew`: it changed the run, if only by being remembered. */
  readonly told?: (event: AnyEvent, outcome: Outcome, isNew: boolean) => void;
}

/** Two writers of one run are rare and quick; a store that refuses this often is broken. */
const attempts = 20;

/**
 * Moves the run and queues its event in one write, then publishes. A crash in between leaves the event on the item,
 * where the reconciler finds it: no event is lost, none is published for a move that did not happen.
 */
export async function commit(event: AnyEvent, runId: string, ports: CommitPorts): Promise<Outcome> {
  const { outcome, isNew } = await moveRun(event, runId, ports);
  ports.told?.(event, outcome, isNew);
  if (outcome.run && outcome.run.outbox.length > 0) await sendOutbox(outcome.run.runId, ports);
  return outcome;
}

/** The compare-and-set loop around `applyEvent`. */
async function moveRun(
  event: AnyEvent,
  runId: string,
  { runs, now, cause }: CommitPorts,
): Promise<{ outcome: Outcome; isNew: boolean }> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await runs.read(runId);
    const outcome = applyEvent(runId, before, event, now(), cause);
    if (!outcome.run || outcome.run === before) return { outcome, isNew: false };
    checkEventSizes(outcome.run.outbox);
    const run = await runs.write(outcome.run);
    if (run) return { outcome: { ...outcome, run }, isNew: true };
  }
  throw new Error(`run ${runId} changed ${attempts} times while ${event.name} was being written`);
}

/** Leaves in the run's timeline that a step failed at an event. It helps people and decides nothing, so it never throws. */
export async function noteFailure(
  runId: string,
  event: string,
  error: Error,
  { runs, now, cause }: CommitPorts,
): Promise<void> {
  try {
    const run = await runs.read(runId);
    if (run) await runs.write(withFailure(run, event, error, now(), cause));
  } catch {
    // What the step failed at, the store for instance, is often what this would need.
  }
}

/** Publishes what the run still holds, then takes it off the item. Sending twice is allowed; losing is not. */
export async function sendOutbox(runId: string, { runs, publish, now }: CommitPorts): Promise<Run | undefined> {
  const sent = new Set<string>();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const run = await runs.read(runId);
    if (!run) return undefined;
    const unsent = run.outbox.filter((entry) => !sent.has(entry.eventId));
    if (unsent.length > 0) for (const id of await publish(unsent)) sent.add(id);
    const left = run.outbox.filter((entry) => !sent.has(entry.eventId));
    if (left.length === run.outbox.length) return run;
    const written = await runs.write(withOutbox(run, left, now()));
    if (written) return written;
  }
  throw new Error(`run ${runId} changed ${attempts} times while its events were being sent`);
}

function withOutbox(run: Run, outbox: Run['outbox'], now: Date): Run {
  const { attentionAt: _, ...rest } = run;
  const due = attentionAt({ state: run.state, outbox }, now);
  return { ...rest, outbox, ...(due ? { attentionAt: due } : {}) };
}

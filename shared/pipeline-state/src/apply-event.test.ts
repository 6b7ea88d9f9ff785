import {
  type AnyEvent,
  configRendered,
  datasetReceived,
  datasetRejected,
  datasetValidated,
  runCancelled,
  runRetried,
  trainingCompleted,
  trainingDeferred,
  trainingFailed,
  trainingRefused,
  trainingStarted,
} from '@dropforge/events';
import { describe, expect, it } from 'vitest';
import { applyEvent, resumePoint } from './apply-event.ts';
import { runIdOf } from './names.ts';
import type { Run } from './run.ts';

const runId = runIdOf('a');
const now = new Date('2026-01-01T00:00:00Z');
const about = { runId, project: 'flowers', attempt: 1 };
const received = datasetReceived.of({ ...datasetReceived.example, ...about });
const validated = datasetValidated.of({ ...datasetValidated.example, ...about });
const rendered = configRendered.of({ ...configRendered.example, ...about });
const started = trainingStarted.of({ ...trainingStarted.example, ...about });
const failed = trainingFailed.of({ ...trainingFailed.example, ...about });
const reasons = [{ code: 'CAPACITY_ERROR', message: 'None left.' }];

describe('an event', () => {
  it('moves the run and lies in its outbox, in one value', () => {
    const run = after(received);
    expect(run).toMatchObject({ state: 'received', attempt: 1, facts: { 'dataset.received': received.data } });
    expect(run.outbox).toEqual([
      {
        eventId: `${runId}.t1.dataset.received`,
        name: 'dataset.received',
        occurredAt: now.toISOString(),
        data: received.data,
      },
    ]);
  });

  it('that comes again changes nothing', () => {
    const run = after(received, validated);
    expect(applyEvent(runId, run, received, now)).toEqual({ kind: 'repeated', run });
  });

  it('that comes too late is kept as evidence, once', () => {
    const run = after(received, datasetRejected.of({ ...datasetRejected.example, ...about }));
    const late = applyEvent(runId, run, validated, now);
    expect(late).toMatchObject({ kind: 'late', run: { state: 'rejected' } });
    expect(late.run?.history.at(-1)).toEqual({
      at: now.toISOString(),
      event: 'dataset.validated',
      attempt: 1,
      from: 'rejected',
      note: 'The run was already "rejected".',
    });
    expect(applyEvent(runId, late.run, validated, now).run).toBe(late.run);
  });

  it('of another attempt moves nothing', () => {
    const stale = trainingStarted.of({ ...trainingStarted.example, ...about, attempt: 2 });
    expect(applyEvent(runId, after(received, validated, rendered), stale, now).kind).toBe('late');
  });

  it('about a run that nobody has begun is late, and begins none', () => {
    expect(applyEvent(runId, undefined, started, now)).toEqual({ kind: 'late', run: undefined });
  });

  it('that ends a job before its start was noted still counts', () => {
    const completed = trainingCompleted.of({ ...trainingCompleted.example, ...about });
    expect(applyEvent(runId, after(received, validated, rendered), completed, now)).toMatchObject({
      kind: 'moved',
      run: { state: 'trained' },
    });
  });

  it('cannot bring a cancelled run back', () => {
    const cancelled = after(received, validated, rendered, runCancelled.of({ ...about, by: 'ana' }));
    expect(applyEvent(runId, cancelled, started, now)).toMatchObject({ kind: 'late', run: { state: 'cancelled' } });
  });
});

describe('attention', () => {
  it("is due soon while an event is unsent, and by the state's own limit after that", () => {
    const unsent = after(received);
    expect(unsent.attentionAt).toBe('2026-01-01T00:01:00.000Z');
  });
});

describe('training for which there is no capacity', () => {
  it('waits, and has a name of its own for its next try when its job existed', () => {
    const run = after(received, validated, rendered, started, trainingDeferred.of({ ...about, reasons }));
    expect(run).toMatchObject({ state: 'waiting-capacity', attempt: 2, facts: { 'config.rendered': { attempt: 2 } } });
  });

  it('has a name of its own for its next try wherever the run was when its job failed', () => {
    const deferred = trainingDeferred.of({ ...about, reasons, jobName: 'df-dev-train-x-t1' });
    const waiting = after(received, validated, rendered, trainingDeferred.of({ ...about, reasons }), deferred);
    for (const run of [after(received, validated, rendered, deferred), waiting])
      expect(run).toMatchObject({
        state: 'waiting-capacity',
        attempt: 2,
        facts: { 'config.rendered': { attempt: 2 } },
      });
  });

  it('writes the code of its reason into the history', () => {
    const run = after(received, validated, rendered, trainingDeferred.of({ ...about, reasons }));
    expect(run.history.at(-1)).toMatchObject({ event: 'training.deferred', codes: ['CAPACITY_ERROR'] });
  });

  it('keeps its attempt when no job was made', () => {
    expect(after(received, validated, rendered, trainingDeferred.of({ ...about, reasons }))).toMatchObject({
      state: 'waiting-capacity',
      attempt: 1,
    });
  });
});

describe('what a job cost', () => {
  const cost = { instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: false, billedSeconds: 9, seconds: 9, usd: 0.1 };
  const jobName = 'df-dev-train-x-t1';
  const paid = trainingFailed.of({ ...trainingFailed.example, ...about, jobName, cost });

  it('is kept by the name of the job, once', () => {
    const run = after(received, validated, rendered, started, paid);
    expect(run.costs).toEqual({ [jobName]: cost });
    expect(applyEvent(runId, run, paid, now)).toMatchObject({ kind: 'repeated', run: { costs: { [jobName]: cost } } });
  });

  it('is kept of a run that has gone another way', () => {
    const cancelled = after(received, validated, rendered, started, runCancelled.of({ ...about, by: 'ana' }));
    expect(applyEvent(runId, cancelled, paid, now)).toMatchObject({
      kind: 'late',
      run: { state: 'cancelled', costs: { [jobName]: cost } },
    });
  });
});

it('a run that its budget does not allow is rejected, and goes on from its configuration when it is retried', () => {
  const refused = trainingRefused.of({ ...trainingRefused.example, ...about });
  const run = after(received, validated, rendered, refused);
  expect(run).toMatchObject({ state: 'rejected' });
  expect(run.history.at(-1)).toMatchObject({ codes: ['BUDGET_EXCEEDED'] });
  expect(resumePoint(run)).toBe('config.rendered');
});

describe('a retry', () => {
  const retried = (attempt: number) => runRetried.of({ ...about, attempt, by: 'ana', resumeFrom: 'config.rendered' });

  it('goes on from the last stage that worked, and says its event again under the next attempt', () => {
    const run = after(received, validated, rendered, started, failed, retried(2));
    expect(run).toMatchObject({ state: 'configured', attempt: 2 });
    expect(run.outbox.slice(-2).map(({ eventId }) => eventId)).toEqual([
      `${runId}.t2.run.retried`,
      `${runId}.t2.config.rendered`,
    ]);
    expect(run.outbox.at(-1)?.data).toMatchObject({ attempt: 2 });
  });

  it('does not wait on from where an earlier attempt stopped waiting', () => {
    const waited = after(received, validated, rendered, trainingDeferred.of({ ...about, reasons }), failed);
    expect(waited.facts).toHaveProperty(['training.deferred']);
    expect(
      after(received, validated, rendered, trainingDeferred.of({ ...about, reasons }), failed, retried(2)).facts,
    ).not.toHaveProperty(['training.deferred']);
  });

  it('asked for twice is one attempt', () => {
    const run = after(received, validated, rendered, started, failed, retried(2));
    expect(applyEvent(runId, run, retried(2), now).kind).toBe('repeated');
  });

  it('of a run that still goes on is refused', () => {
    expect(applyEvent(runId, after(received, validated), retried(2), now).kind).toBe('late');
  });

  it('begins at the latest facts that the run has', () => {
    expect(resumePoint(after(received))).toBe('dataset.received');
    expect(resumePoint(after(received, validated, rendered, started, failed))).toBe('config.rendered');
  });
});

function after(...events: AnyEvent[]): Run {
  const run = events.reduce<Run | undefined>((before, event) => {
    const outcome = applyEvent(runId, before, event, now);
    if (outcome.kind !== 'moved') throw new Error(`${event.name} was ${outcome.kind}`);
    return outcome.run;
  }, undefined);
  if (!run) throw new Error('no event');
  return run;
}

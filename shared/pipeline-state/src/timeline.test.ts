import {
  configRendered,
  datasetReceived,
  datasetValidated,
  modelApproved,
  trainingDeferred,
  trainingFailed,
  trainingStarted,
} from '@dropforge/events';
import { expect, it } from 'vitest';
import { applyEvent } from './apply-event.ts';
import { commit, noteFailure } from './commit.ts';
import { createMemoryRunStore } from './memory-run-store.ts';
import { runIdOf } from './names.ts';
import { type Cause, type HistoryEntry, historyLimit, type Run } from './run.ts';
import { compact, describeEvent, lastMove, withFailure, withNudge } from './timeline.ts';

const runId = runIdOf('a');
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const about = { runId, project: 'flowers', attempt: 1 };
const received = datasetReceived.of({ ...datasetReceived.example, ...about });
const validated = datasetValidated.of({ ...datasetValidated.example, ...about });
const cause: Cause = { id: 'e-1', type: 'Object Created' };

function begun(): Run {
  const { run } = applyEvent(runId, undefined, received, at(0), cause);
  if (!run) throw new Error('it was begun');
  return run;
}

it('says what a run was moved by', () => {
  expect(begun().history).toEqual([
    { at: at(0).toISOString(), event: 'dataset.received', attempt: 1, from: 'none', to: 'received', cause },
  ]);
});

it('says why, on what machine, and who', () => {
  const reasons = [
    { code: 'CAPACITY_ERROR', message: 'None left.' },
    { code: 'CAPACITY_ERROR', message: 'Really.' },
  ];
  expect(describeEvent(trainingDeferred.of({ ...about, reasons }))).toEqual({
    codes: ['CAPACITY_ERROR'],
    note: 'None left.',
  });
  const started = trainingStarted.of({
    ...trainingStarted.example,
    instanceType: 'ml.g5.xlarge',
    instanceCount: 2,
    spot: true,
  });
  expect(describeEvent(started)).toEqual({ note: '2 × ml.g5.xlarge, spot' });
  expect(describeEvent(modelApproved.of(modelApproved.example))).toEqual({ by: 'ana@example.com' });
});

it('keeps what came late, with the reason', () => {
  const run = { ...begun(), attempt: 3 };
  const stale = trainingFailed.of({ ...trainingFailed.example, ...about });
  expect(applyEvent(runId, run, stale, at(1), cause).run?.history.at(-1)).toMatchObject({
    event: 'training.failed',
    note: 'It is about attempt 1; the run is at attempt 3.',
    cause,
  });
});

it('counts what only repeats itself, until something else happens', () => {
  const nudged = [1, 2, 3].reduce((run, minute) => withNudge(run, 'Asked.', at(minute)), begun());
  expect(nudged.history).toHaveLength(2);
  expect(nudged.history.at(-1)).toMatchObject({
    kind: 'nudge',
    at: at(1).toISOString(),
    until: at(3).toISOString(),
    count: 3,
    note: 'Asked.',
  });
  const failed = withFailure(nudged, 'dataset.received', new TypeError('x is undefined'), at(4), cause);
  expect(failed.history.at(-1)).toMatchObject({ kind: 'failure', note: 'TypeError: x is undefined', cause });
  expect(withNudge(failed, 'Asked.', at(5)).history).toHaveLength(4);
});

it('notes a failure in the run, and is silent where that fails as well', async () => {
  const kit = { runs: createMemoryRunStore(), publish: async () => new Set<string>(), now: () => at(1), cause };
  await commit(received, runId, kit);
  await noteFailure(runId, 'dataset.received', new Error('S3 is down'), kit);
  const run = await kit.runs.read(runId);
  expect(run).toMatchObject({ state: 'received', updatedAt: at(1).toISOString() });
  expect(run?.history.at(-1)).toMatchObject({ kind: 'failure', note: 'Error: S3 is down' });
  const broken = { ...kit, runs: { ...kit.runs, read: () => Promise.reject(new Error('down too')) } };
  await expect(noteFailure(runId, 'dataset.received', new Error('x'), broken)).resolves.toBeUndefined();
});

it('tells how long the run was where it was', () => {
  expect(lastMove(begun())).toBeUndefined();
  const run = applyEvent(runId, withNudge(begun(), 'Asked.', at(1)), validated, at(5)).run;
  expect(run && lastMove(run)).toEqual({ from: 'received', to: 'validated', seconds: 300 });
});

const entry = (attempt: number, event: string, to?: HistoryEntry['to'], minute = attempt): HistoryEntry => ({
  ...{ at: at(minute).toISOString(), event, attempt, from: 'configured' },
  ...(to ? { to } : {}),
});
const attemptOf = (attempt: number) => [
  entry(attempt, 'training.started', 'training'),
  entry(attempt, 'run.nudged'),
  entry(attempt, 'training.deferred', 'waiting-capacity'),
];
const birth = entry(1, 'dataset.received', 'received', 0);

it('folds the oldest attempts to what became of them, and leaves the rest alone', () => {
  const attempts = Array.from({ length: 34 }, (_, index) => attemptOf(index + 1)).flat();
  const folded = compact([birth, ...attempts]);
  expect(folded.length).toBeLessThanOrEqual(historyLimit);
  expect(folded[0]).toEqual(birth);
  expect(folded[1]).toMatchObject({ attempt: 1, event: 'training.deferred', to: 'waiting-capacity', count: 3 });
  expect(folded.slice(-3)).toEqual(attemptOf(34));
});

it('stays within its limit for ever, and still says how much happened', () => {
  let history: readonly HistoryEntry[] = [birth];
  for (let attempt = 1; attempt <= 500; attempt++) {
    for (const next of attemptOf(attempt)) history = compact([...history, next]);
  }
  expect(history.length).toBeLessThanOrEqual(historyLimit);
  expect(history[0]).toEqual(birth);
  expect(history.slice(-3)).toEqual(attemptOf(500));
  expect(history.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(1 + 3 * 500);
});

it('drops late news before moves where one attempt alone is too long', () => {
  const moves = Array.from({ length: 60 }, (_, index) => entry(1, `move-${index}`, 'training', index));
  const news = Array.from({ length: 60 }, (_, index) => entry(1, `news-${index}`, undefined, index));
  const kept = compact([birth, ...moves, ...news]);
  expect(kept).toHaveLength(historyLimit);
  expect(kept.filter(({ to }) => to)).toHaveLength(61);
});

it('does not fill again with news of an attempt that was folded', () => {
  const folded: HistoryEntry = {
    ...entry(1, 'training.deferred', 'waiting-capacity'),
    count: 3,
    until: at(1).toISOString(),
  };
  const run: Run = { ...begun(), attempt: 2, history: [birth, folded, entry(2, 'training.started', 'training')] };
  const late = configRendered.of({ ...configRendered.example, ...about });
  expect(applyEvent(runId, run, late, at(9)).run).toBe(run);
});

import { events } from '@dropforge/events';
import { expect, it } from 'vitest';
import { applyEvent } from './apply-event.ts';
import { commit } from './commit.ts';
import { runIdOf } from './names.ts';
import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** What every run store promises. `create` gives an empty one each time. */
export function runStoreContract(create: () => Promise<RunStore>): void {
  it('has no run that nobody wrote', async () => {
    expect(await (await create()).read(runIdOf('nobody'))).toBeUndefined();
  });

  it('gives back what was written, with the next revision', async () => {
    const store = await create();
    const run = received('a');
    const written = await store.write(run);
    expect(written).toEqual({ ...run, revision: 1 });
    expect(await store.read(run.runId)).toEqual({ ...run, revision: 1 });
  });

  it('lets one of two writers of the same revision win', async () => {
    const store = await create();
    const written = await store.write(received('a'));
    const results = await Promise.all(
      [1, 2, 3].map((nudges) => store.write({ ...(written ?? received('a')), nudges })),
    );
    expect(results.filter((run) => run !== undefined)).toHaveLength(1);
  });

  it('creates a run once, however many try', async () => {
    const store = await create();
    const results = await Promise.all([1, 2, 3].map(() => store.write(received('a'))));
    expect(results.filter((run) => run !== undefined)).toHaveLength(1);
  });

  it('lists runs from the newest to the oldest, in pages', async () => {
    const store = await create();
    for (let minute = 0; minute < 7; minute++) await store.write(received(`run ${minute}`, { createdAt: at(minute) }));
    const first = await store.list({ limit: 3 });
    const second = await store.list({ limit: 3, ...(first.cursor ? { cursor: first.cursor } : {}) });
    const third = await store.list({ limit: 3, ...(second.cursor ? { cursor: second.cursor } : {}) });
    expect([first, second, third].map(({ runs }) => runs.map((run) => run.createdAt))).toEqual([
      [at(6), at(5), at(4)],
      [at(3), at(2), at(1)],
      [at(0)],
    ]);
    expect(third.cursor).toBeUndefined();
  });

  it('lists the runs of one project', async () => {
    const store = await create();
    await store.write(received('a', { project: 'flowers' }));
    await store.write(received('b', { project: 'birds' }));
    expect((await store.list({ projects: ['birds'] })).runs.map(({ project }) => project)).toEqual(['birds']);
  });

  it('shows the first page for a cursor that nobody gave out', async () => {
    const store = await create();
    await store.write(received('a'));
    const key = { pk: `RUN#${runIdOf('a')}`, sk: 'STATE', listPk: 'RUN', listSk: 'x' };
    for (const made of ['zzz', '{}', { ...key, pk: '' }, { ...key, listSk: 'y'.repeat(1_500) }, key]) {
      const cursor = typeof made === 'string' ? made : Buffer.from(JSON.stringify(made)).toString('base64url');
      expect((await store.list({ cursor })).runs, cursor).toHaveLength(1);
    }
  });

  it('finds the runs whose time has come, the longest overdue first', async () => {
    const store = await create();
    await store.write(received('late', { attentionAt: at(5) }));
    await store.write(received('later', { attentionAt: at(9) }));
    await store.write(received('now', { attentionAt: at(7) }));
    const { attentionAt: _, ...resting } = received('resting');
    await store.write(resting);
    expect(await store.needingAttention(new Date(at(7)), 10)).toEqual([runIdOf('late'), runIdOf('now')]);
    expect(await store.needingAttention(new Date(at(9)), 1)).toEqual([runIdOf('late')]);
  });

  it('forgets the time of a run that rests', async () => {
    const store = await create();
    const written = await store.write(received('a', { attentionAt: at(1) }));
    const { attentionAt: _, ...rest } = written ?? received('a');
    await store.write(rest);
    expect(await store.needingAttention(new Date(at(60)), 10)).toEqual([]);
  });

  it('carries every event of the catalogue on its items', async () => {
    const store = await create();
    const written = await store.write({
      ...received('a'),
      facts: Object.fromEntries(events.map(({ name, example }) => [name, example])),
      outbox: events.map(({ name, example }) => ({ eventId: name, name, occurredAt: at(0), data: example })),
    });
    expect(await store.read(runIdOf('a'))).toEqual(written);
  });

  it('moves a run once when many deliver the same event', async () => {
    const store = await create();
    const published: string[] = [];
    const publish = async (entries: Run['outbox']) => {
      published.push(...entries.map(({ eventId }) => eventId));
      return new Set(entries.map(({ eventId }) => eventId));
    };
    const runId = runIdOf('a');
    const ports = { runs: store, publish, now: () => new Date(at(0)) };
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => commit(receivedEvent(runId, 'flowers'), runId, ports)));
    expect(outcomes.filter(({ kind }) => kind === 'moved')).toHaveLength(1);
    expect(new Set(published)).toEqual(new Set([`${runId}.t1.dataset.received`]));
    const run = await store.read(runId);
    expect(run?.outbox).toEqual([]);
    expect(run?.history).toHaveLength(1);
  });
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

function receivedEvent(runId: string, project: string) {
  const source = { drop: 'drops/a/b/c.zip', kind: 'archive' as const, bytes: 1 };
  return { name: 'dataset.received', data: { runId, project, attempt: 1, source } } as const;
}

function received(cause: string, change: Partial<Run> = {}): Run {
  const runId = runIdOf(cause);
  const outcome = applyEvent(runId, undefined, receivedEvent(runId, 'flowers'), new Date(at(0)));
  if (outcome.kind !== 'moved') throw new Error('a first event begins a run');
  return { ...outcome.run, ...change };
}

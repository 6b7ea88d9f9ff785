import { configRendered } from '@dropforge/events';
import { expect, it } from 'vitest';
import type { OutboxEntry, Run } from './run.ts';
import { wakeNext } from './wake-next.ts';

const data = { ...configRendered.example, attempt: 2 };

/** Runs by id and state; what is published, and who is struck off the list. */
async function wake(runIds: readonly string[], states: Record<string, Run['state']>) {
  const published: OutboxEntry[] = [];
  const left: string[] = [];
  await wakeNext(runIds, {
    runs: {
      read: async (runId) => {
        const state = states[runId];
        const known = {
          runId,
          project: 'flowers',
          attempt: 2,
          revision: 1,
          createdAt: '',
          updatedAt: '2026-01-01T00:00:00Z',
        };
        return state && { ...known, state, facts: { 'config.rendered': data }, history: [], outbox: [], nudges: 0 };
      },
    },
    publish: async (entries) => {
      published.push(...entries);
      return new Set(entries.map(({ eventId }) => eventId));
    },
    slots: { leave: async (runId) => void left.push(runId) },
  });
  return { published, left };
}

it('says the event again that starts training, with the id that it had, for the first that still waits', async () => {
  const { published, left } = await wake(['a', 'b', 'c', 'd'], {
    a: 'cancelled',
    c: 'waiting-quota',
    d: 'waiting-quota',
  });
  expect(published).toEqual([
    { eventId: 'c.t2.config.rendered', name: 'config.rendered', occurredAt: '2026-01-01T00:00:00Z', data },
  ]);
  expect(left).toEqual(['a', 'b']);
});

it('says nothing when nobody waits', async () => {
  expect(await wake([], {})).toEqual({ published: [], left: [] });
  expect(await wake(['a'], { a: 'training' })).toEqual({ published: [], left: ['a'] });
});

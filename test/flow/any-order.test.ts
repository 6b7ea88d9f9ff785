import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fate, jobUsd, live } from './simulated-world.ts';

const fate = fc.constantFrom<Fate>(
  'fine',
  'fine',
  'fine',
  'twice',
  'lost',
  'crash before publishing',
  'crash after publishing',
  'crash in the step',
);
const tape = fc.array(fc.record({ fate, pick: fc.nat(20) }), { maxLength: 200 });

it('a slot that comes free is taken at once by the run that waited longest, without the reconciler', async () => {
  const world = await live([].values(), { training: 'Completed' }, { runCount: 4 });
  const runs = await world.runs();
  expect(runs.map((run) => run?.state)).toEqual(Array(4).fill('deployed'));
  expect(runs.filter((run) => run?.history.some(({ event }) => event === 'training.queued'))).toHaveLength(3);
  expect(world.standstills()).toBe(0);
});

describe('whatever is repeated, reordered, lost or cut short', () => {
  it('a good run ends deployed, with each job started once', async () => {
    await fc.assert(
      fc.asyncProperty(tape, async (fates) => {
        const world = await live(fates.values(), { training: 'Completed' });
        const run = await world.run();
        expect(run?.state).toBe('deployed');
        expect(run?.outbox).toEqual([]);
        expect(Object.fromEntries(world.effects)).toEqual({
          [`df-dev-train-${world.runId}-t1`]: 1,
          [`df-dev-convert-${world.runId}-t1`]: 1,
          [`deployment of ${world.runId} t1`]: 1,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('a run whose training fails ends failed, and nothing after it happens', async () => {
    await fc.assert(
      fc.asyncProperty(tape, async (fates) => {
        const world = await live(fates.values(), { training: 'Failed' });
        expect((await world.run())?.state).toBe('failed');
        expect([...world.effects.keys()]).toEqual([`df-dev-train-${world.runId}-t1`]);
      }),
      { numRuns: 200 },
    );
  });

  it('the moves that a run made are the moves of a quiet day, in their order', async () => {
    const quiet = (await (await live([].values(), { training: 'Completed' })).run())?.history.flatMap(
      ({ to }) => to ?? [],
    );
    await fc.assert(
      fc.asyncProperty(tape, async (fates) => {
        const moves = (await (await live(fates.values(), { training: 'Completed' })).run())?.history.flatMap(
          ({ to }) => to ?? [],
        );
        // A job can end before the note of its start is written: then that one move is not made.
        const skippable = ['training', 'converting'];
        expect(moves?.filter((state) => !skippable.includes(state))).toEqual(
          quiet?.filter((state) => !skippable.includes(state)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('many runs that share a slot all end, each job is started and paid once, and nothing stays reserved', async () => {
    await fc.assert(
      fc.asyncProperty(tape, fc.constantFrom('Completed', 'Failed'), async (fates, training) => {
        const world = await live(fates.values(), { training }, { runCount: 3 });
        const states = (await world.runs()).map((run) => run?.state);
        const end = training === 'Completed' ? 'deployed' : 'failed';
        expect(states).toEqual([end, end, end]);
        const jobs = [...world.effects.keys()].filter((name) => name.startsWith('df-'));
        expect(new Set([...world.effects.values()])).toEqual(new Set([1]));
        expect(jobs).toHaveLength(training === 'Completed' ? 6 : 3);
        expect(await world.books()).toMatchObject({ reservedUsd: 0, spentUsd: jobs.length * jobUsd });
        expect(await world.slotsAreFree()).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('a budget for one run lets one run train, and refuses the others before anything is spent', async () => {
    await fc.assert(
      fc.asyncProperty(tape, async (fates) => {
        // An estimate is two hours, a job takes one: two estimates never fit, nor a job and an estimate.
        const world = await live(fates.values(), { training: 'Failed' }, { runCount: 3, budgetUsd: 4 });
        const states = (await world.runs()).map((run) => run?.state).sort();
        expect(states).toEqual(['failed', 'rejected', 'rejected']);
        expect(await world.books()).toMatchObject({ reservedUsd: 0, spentUsd: jobUsd });
        expect(await world.slotsAreFree()).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

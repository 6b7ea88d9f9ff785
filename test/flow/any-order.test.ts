import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fate, live } from './simulated-world.ts';

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

describe('whatever is repeated, reordered, lost or cut short', () => {
  it('a good run ends deployed, with each job started once', async () => {
    await fc.assert(
      fc.asyncProperty(tape, async (fates) => {
        const world = await live(fates.values(), { training: 'Completed' });
        const run = await world.run();
        expect(run?.state).toBe('deployed');
        expect(run?.outbox).toEqual([]);
        expect(Object.fromEntries(world.effects)).toEqual({
          [`df-train-${world.runId}-t1`]: 1,
          [`df-convert-${world.runId}-t1`]: 1,
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
        expect([...world.effects.keys()]).toEqual([`df-train-${world.runId}-t1`]);
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
});

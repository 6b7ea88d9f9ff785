import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';
import { fewestRuns, hunt, type Quarry } from './hunt.ts';
import { kinds } from './kinds.ts';
import { simulateTime } from './simulated-time.ts';

/** The short form of `npm run faults`: one run of each kind, and two deaths. */
describe('a world where events get lost, calls are refused and the process dies', () => {
  const runs = fewestRuns;
  let quarry: Quarry;
  beforeAll(async () => {
    quarry = await hunt({ seed: 1, runs, deaths: 2 });
  });

  it('ends every run as it ends when nothing goes wrong, with each job started once and nothing unsent', () => {
    expect(quarry.differences).toEqual([]);
    expect(quarry.outcome.runs).toHaveLength(runs);
  });

  it('is measured by a world where every kind of run ends as it should', () => {
    const ends = [...quarry.quiet].map(([kind, { state }]) => [kind, state]);
    expect(Object.fromEntries(ends)).toEqual(
      Object.fromEntries(Object.entries(kinds).map(([kind, { ends: state }]) => [kind, state])),
    );
  });

  it('really is unkind: it refused calls, took hours and left the poisoned events behind', () => {
    const refused = Object.values(quarry.outcome.calls).reduce((sum, one) => sum + one.refused, 0);
    expect(refused).toBeGreaterThan(20);
    expect(quarry.outcome.simulatedHours).toBeGreaterThan(1);
    expect(quarry.outcome.deadLetters.length).toBeGreaterThan(0);
  });
});

describe('chance', () => {
  it('answers a question always the same, another one otherwise, and another seed otherwise', () => {
    const [one, other] = [chanceOf(1), chanceOf(2)];
    expect(one('lost', 'project-1', 3)).toBe(chanceOf(1)('lost', 'project-1', 3));
    expect(one('lost', 'project-1', 3)).not.toBe(one('lost', 'project-1', 4));
    expect(one('lost', 'project-1', 3)).not.toBe(other('lost', 'project-1', 3));
  });

  it('says yes about as often as it should', () => {
    const chance = chanceOf(7);
    const hits = Array.from({ length: 10_000 }, (_, index) => chance(index)).filter((one) => one < 0.2).length;
    expect(hits).toBeGreaterThan(1_800);
    expect(hits).toBeLessThan(2_200);
  });
});

describe('simulated time', () => {
  const RealDate = Date;
  afterAll(() => {
    globalThis.Date = RealDate;
  });

  it('leaps to the next timer, for everybody who asks what time it is', () => {
    const hour = 3_600_000;
    const begun = RealDate.now() + hour;
    const time = simulateTime(begun, () => {});
    const rung: number[] = [];
    time.after(2 * hour, () => rung.push(2));
    time.after(hour, () => rung.push(1));
    time.after(hour, () => rung.push(0))();
    expect(time.leap()).toBe(true);
    expect(rung).toEqual([1]);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(hour);
    expect(Date.parse(new Date().toISOString())).toBeGreaterThanOrEqual(begun + hour);
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new RealDate()).toBeInstanceOf(Date);
    expect(time.leap()).toBe(true);
    expect(rung).toEqual([1, 2]);
    expect(time.leap()).toBe(false);
  });
});

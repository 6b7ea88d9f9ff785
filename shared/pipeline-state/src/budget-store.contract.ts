import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BudgetStore } from './budget-store.ts';

const november = new Date('2026-11-22T12:00:00Z');
const december = new Date('2026-12-01T00:00:00Z');
const jobOf = (name: string, project = 'flowers') => ({ project, jobName: `df-dev-train-run-${name}-t1` });

/** What every budget store promises. `create` gives an empty one each time; `numRuns` is how often chance may try. */
export function budgetStoreContract(create: () => Promise<BudgetStore>, numRuns: number): void {
  it('starts with nothing reserved and nothing spent', async () => {
    expect(await (await create()).read('flowers', november)).toEqual({ month: '2026-11', reservedUsd: 0, spentUsd: 0 });
  });

  it('sets an estimate aside, and puts what the job cost in its place', async () => {
    const store = await create();
    expect(await store.reserve(jobOf('a'), 0.5, 1, november)).toBe(true);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0.5, spentUsd: 0 });
    await store.settle(jobOf('a'), 0.3, november);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0, spentUsd: 0.3 });
  });

  it('refuses what the limit does not allow, to the cent, and forgets it', async () => {
    const store = await create();
    await store.reserve(jobOf('a'), 0.6, 1, november);
    expect(await store.reserve(jobOf('b'), 0.41, 1, november)).toBe(false);
    expect(await store.reserve(jobOf('b'), 0.4, 1, november)).toBe(true);
    expect(await store.reserve(jobOf('c'), 0.01, 1, november)).toBe(false);
    expect(await store.reserve(jobOf('d'), 2, 1, november)).toBe(false);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 1, spentUsd: 0 });
  });

  it('counts a job once, however often it is reserved and settled', async () => {
    const store = await create();
    for (let time = 0; time < 3; time++) expect(await store.reserve(jobOf('a'), 0.5, 0.6, november)).toBe(true);
    for (const usd of [0.4, 0.4, 9]) await store.settle(jobOf('a'), usd, november);
    expect(await store.reserve(jobOf('a'), 0.5, 0.6, november)).toBe(true);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0, spentUsd: 0.4 });
  });

  it('gives back what was set aside for a job that was not started, and nothing else', async () => {
    const store = await create();
    await store.reserve(jobOf('a'), 0.5, 0.5, november);
    await store.withdraw(jobOf('a'), november);
    await store.withdraw(jobOf('a'), november);
    expect(await store.reserve(jobOf('b'), 0.5, 0.5, november)).toBe(true);
    await store.settle(jobOf('b'), 0.2, november);
    await store.withdraw(jobOf('b'), november);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0, spentUsd: 0.2 });
  });

  it('counts a job that nobody reserved', async () => {
    const store = await create();
    await store.settle(jobOf('a'), 0.2, november);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0, spentUsd: 0.2 });
  });

  it('begins anew with each month in UTC, and leaves a job in the month in which it was reserved', async () => {
    const store = await create();
    await store.reserve(jobOf('a'), 0.5, 0.5, november);
    expect(await store.reserve(jobOf('b'), 0.5, 0.5, december)).toBe(true);
    expect(await store.reserve(jobOf('a'), 0.5, 0.5, december)).toBe(true);
    await store.settle(jobOf('a'), 0.4, december);
    await store.settle(jobOf('a'), 0.4, new Date('2027-01-20T00:00:00Z'));
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 0, spentUsd: 0.4 });
    expect(await store.read('flowers', december)).toMatchObject({ reservedUsd: 0.5, spentUsd: 0 });
  });

  it('keeps the books of each project apart', async () => {
    const store = await create();
    await store.reserve(jobOf('a', 'flowers'), 1, 1, november);
    expect(await store.reserve(jobOf('a', 'birds'), 1, 1, november)).toBe(true);
  });

  it('lets only as many of those who ask at once in as the limit allows', async () => {
    const store = await create();
    const asked = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => store.reserve(jobOf(name), 0.25, 1, november));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(4);
    expect(await store.read('flowers', november)).toMatchObject({ reservedUsd: 1 });
  });

  it('ends with what the jobs cost, whatever order their events came in and however often', async () => {
    const job = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      what: fc.constantFrom('reserve', 'withdraw', 'settle'),
    });
    const price = { a: 0.1, b: 0.2, c: 0.3, d: 0.000_001 };
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 25 }), fc.boolean(), async (steps, atOnce) => {
        const store = await create();
        const act = ({ name, what }: (typeof steps)[number]) => {
          if (what === 'reserve') return store.reserve(jobOf(name), 0.15, undefined, november);
          if (what === 'withdraw') return store.withdraw(jobOf(name), november);
          return store.settle(jobOf(name), price[name], november);
        };
        if (atOnce) await Promise.all(steps.map(act));
        else for (const step of steps) await act(step);
        const names = [...new Set(steps.map(({ name }) => name))];
        for (const name of names) await store.settle(jobOf(name), price[name], november);
        const { reservedUsd, spentUsd } = await store.read('flowers', november);
        const total = names.reduce((sum, name) => sum + Math.round(price[name] * 1e6), 0) / 1e6;
        expect({ reservedUsd, spentUsd }).toEqual({ reservedUsd: 0, spentUsd: total });
        // The sum that the limit is held against is that of the entries.
        expect(await store.reserve(jobOf('last'), 1 - total, 1, november)).toBe(true);
        expect(await store.reserve(jobOf('one too many'), 0.000_001, 1, november)).toBe(false);
      }),
      { numRuns },
    );
  });
}

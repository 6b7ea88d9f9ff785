import { expect, it } from 'vitest';
import type { SlotLedger } from './slot-ledger.ts';

const quota = 'ml.c7i.xlarge on-demand';
const [a, b, c, d, e] = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((part) => `run-${part}`) as [
  string,
  string,
  string,
  string,
  string,
]; // map forgets how many there are
const jobOf = (runId: string, attempt = 1) => `df-dev-train-${runId}-t${attempt}`;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** What every slot ledger promises. `create` gives an empty one each time. */
export function slotLedgerContract(create: () => Promise<SlotLedger>): void {
  const claiming =
    (ledger: SlotLedger, limit: number) =>
    (runId: string, { instances = 1, attempt = 1, of = quota } = {}) =>
      ledger.claim({ quota: of, runId, jobName: jobOf(runId, attempt), instances, limit });

  it('gives out no more slots than there are', async () => {
    const claim = claiming(await create(), 2);
    expect([await claim(a), await claim(b), await claim(c)]).toEqual([true, true, false]);
  });

  it('counts every quota by itself', async () => {
    const claim = claiming(await create(), 1);
    expect([await claim(a), await claim(b, { of: 'ml.c7i.xlarge spot' }), await claim(c)]).toEqual([true, true, false]);
  });

  it('counts instances, all of a job or none', async () => {
    const ledger = await create();
    const claim = claiming(ledger, 4);
    expect(await claim(a, { instances: 5 })).toBe(false);
    expect(await claim(a, { instances: 3 })).toBe(true);
    expect(await claim(b, { instances: 2 })).toBe(false);
    expect(await claim(b)).toBe(true);
    await ledger.release({ jobName: jobOf(a) });
    expect(await claim(c, { instances: 3 })).toBe(true);
  });

  it('lets a job keep the slots that it has, however often it asks', async () => {
    const claim = claiming(await create(), 2);
    expect([await claim(a, { instances: 2 }), await claim(a, { instances: 2 }), await claim(b)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('gives a slot that was given back to the next job', async () => {
    const ledger = await create();
    const claim = claiming(ledger, 1);
    await claim(a);
    await ledger.release({ jobName: jobOf(a) });
    expect(await claim(b)).toBe(true);
  });

  it('takes back what nobody holds without a word', async () => {
    const ledger = await create();
    expect(await ledger.release({ jobName: jobOf(a) })).toEqual([]);
    expect(await ledger.release({ runId: a })).toEqual([]);
    expect(await claiming(ledger, 1)(a)).toBe(true);
  });

  it("leaves the next attempt's slot when an earlier one is given back, and frees both for the run", async () => {
    const ledger = await create();
    const claim = claiming(ledger, 1);
    await claim(a, { attempt: 2 });
    await ledger.release({ jobName: jobOf(a, 1) });
    expect(await claim(b)).toBe(false);
    await ledger.release({ runId: a });
    expect(await claim(b)).toBe(true);
  });

  it('says who waits for what came free, the longest first, until they have a slot or leave', async () => {
    const ledger = await create();
    const claim = claiming(ledger, 1);
    await claim(a);
    await ledger.wait(quota, c, at(2));
    await ledger.wait(quota, b, at(1));
    await ledger.wait(quota, b, at(1));
    await ledger.wait('ml.g5.xlarge on-demand', d, at(0));
    expect(await ledger.release({ jobName: jobOf(a) })).toEqual([b, c]);
    await claim(b);
    await ledger.leave(c);
    expect(await ledger.release({ jobName: jobOf(b) })).toEqual([]);
  });

  it('lets as many of those who ask at once win as there are slots', async () => {
    const claim = claiming(await create(), 3);
    const answers = await Promise.all([a, b, c, d, e].map((runId) => claim(runId)));
    expect(answers.filter(Boolean)).toHaveLength(3);
  });
}

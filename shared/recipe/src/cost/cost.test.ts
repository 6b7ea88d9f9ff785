import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../explain.ts';
import { resolveRecipe } from '../resolve-recipe.ts';
import { facts, parsed } from '../testing.ts';
import { costOfJob, jobUsd } from './job-cost.ts';
import { priceLists } from './price-list.ts';
import { OwnPrices, pricesIn } from './prices.ts';

describe('the price of an instance', () => {
  it('is that of its region and use, or not known', () => {
    expect(pricesIn('us-east-1', 'training')('ml.c7i.xlarge')).toBe(0.214);
    expect(pricesIn('eu-west-1', 'training')('ml.g5.xlarge')).toBe(1.57);
    expect(pricesIn('eu-west-1', 'processing')('ml.g5.xlarge')).toBeUndefined();
    expect(pricesIn('eu-west-1', 'training')('toString')).toBeUndefined();
    expect(pricesIn('xx-nowhere-1', 'training')('ml.c7i.xlarge')).toBeUndefined();
  });

  it('is what a deployment was told, if it was', () => {
    const own = OwnPrices.parse('ml.c7i.xlarge=0.24, ml.p9.xlarge = 7');
    const priceOf = pricesIn('us-east-1', 'training', own);
    expect(['ml.c7i.xlarge', 'ml.p9.xlarge', 'ml.c6i.xlarge'].map(priceOf)).toEqual([0.24, 7, 0.204]);
    expect(OwnPrices.parse('')).toEqual({});
  });

  it.each(['ml.c7i.xlarge', 'ml.c7i.xlarge=', 'ml.c7i.xlarge=0', 'c7i=1', 'ml.c7i.xlarge=-1', 'a=b'])(
    'is not "%s"',
    (text) => {
      expect(() => OwnPrices.parse(text)).toThrow('give prices as');
    },
  );

  it('has a day, and is a price of an instance, for everything in the list', () => {
    for (const { asOf, training, processing } of priceLists) {
      expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      for (const [type, price] of [...Object.entries(training), ...Object.entries(processing)]) {
        expect(type).toMatch(/^ml\.[a-z0-9]+\.[a-z0-9]+$/);
        expect(price > 0.01 && price < 200, type).toBe(true);
      }
    }
  });
});

describe('the cost of a job', () => {
  it('is seconds times instances times the price of an hour', () => {
    expect(jobUsd({ seconds: 820, instanceCount: 1, usdPerHour: 0.214 })).toBe(0.048744);
    expect(jobUsd({ seconds: 3_600, instanceCount: 4, usdPerHour: 1.5 })).toBe(6);
  });

  it('is less for spare capacity by the seconds that are not billed', () => {
    const job = { instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: true, billedSeconds: 100, seconds: 500 };
    expect(costOfJob(job, 3.6)).toEqual({ ...job, usd: 0.1, savedUsd: 0.4 });
    expect(costOfJob(job, undefined)).toEqual(job);
  });
});

describe('the estimate of a recipe', () => {
  const northVirginia = pricesIn('us-east-1', 'training');
  const costOf = (text: string, priceOf = northVirginia) => resolveRecipe(parsed(text), facts, priceOf);

  it('is of the budget and what comes around it, on the first type; at most, of the dearest up to its limit', () => {
    const { cost } = costOf('budget: {seconds: 3480}\ntraining: {instanceTypes: [ml.c7i.xlarge, ml.g5.xlarge]}');
    expect(cost).toMatchObject({
      seconds: 3_600,
      usd: 0.214,
      maximumUsd: jobUsd({ seconds: 11_340, instanceCount: 1, usdPerHour: 1.41 }),
    });
  });

  it('never says that a job may cost more than its recipe allows', () => {
    const cents = fc.integer({ min: 1, max: 5_000 });
    const types = fc.uniqueArray(fc.constantFrom('ml.c7i.xlarge', 'ml.g5.xlarge', 'ml.p5.48xlarge'), { minLength: 1 });
    fc.assert(
      fc.property(cents, types, fc.integer({ min: 1, max: 16 }), (cap, instanceTypes, instanceCount) => {
        const text = `training: {maximumCostUsd: ${cap / 100}, instanceTypes: [${instanceTypes}], instanceCount: ${instanceCount}}`;
        const { cost, resolved } = costOf(text);
        const oneSecond = jobUsd({ seconds: 1, instanceCount, usdPerHour: 63.296 });
        expect(cost.maximumUsd).toBeLessThanOrEqual(Math.max(cap / 100, oneSecond) + 1e-6);
        expect(resolved.training.maximumRuntimeSeconds).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('shortens the runtime by the known prices, and asks for those that are not', () => {
    const capped = 'training: {maximumCostUsd: 1, instanceTypes: [ml.g5.xlarge], instanceCount: 2}';
    expect(costOf(capped).resolved.training.maximumRuntimeSeconds).toBe(1_276);
    const unknown = costOf('training: {maximumCostUsd: 1, instanceTypes: [ml.c7i.xlarge, ml.p9.xlarge]}');
    expect(unknown.faults).toMatchObject([
      { code: 'COST_NEEDS_PRICE', message: expect.stringContaining('ml.p9.xlarge') },
    ]);
    const given = costOf('training: {maximumCostUsd: 1, instanceTypes: [ml.p9.xlarge], instanceUsdPerHour: 2}');
    expect(given.faults).toEqual([]);
    expect(given.resolved.training.maximumRuntimeSeconds).toBe(1_800);
  });

  it('refuses a cap that does not pay for the budget', () => {
    const { faults } = costOf('budget: {seconds: 36000}\ntraining: {maximumCostUsd: 1}');
    expect(faults.map(({ code }) => code)).toEqual(['BUDGET_EXCEEDS_RUNTIME']);
  });

  it('is told in one line, with what is not known', () => {
    const line = (text: string, priceOf = northVirginia) => explain(costOf(text, priceOf)).match(/^Cost .*$/m)?.[0];
    expect(line('budget: {seconds: 3480}')).toBe(
      'Cost of a training job: about 0.21 USD for 3600 s of ml.c7i.xlarge on demand; at most 0.67 USD at the runtime limit.',
    );
    expect(line('training: {instanceTypes: [ml.p9.xlarge, ml.c7i.xlarge]}')).toBe(
      'Cost of a training job: the price of ml.p9.xlarge is not known here.',
    );
  });
});

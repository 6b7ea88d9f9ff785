import { configRendered, type JobCost } from '@dropforge/events';
import { expect, it } from 'vitest';
import { runCostOf } from './run-cost.ts';

const facts = { 'config.rendered': { ...configRendered.example } };
const job = (fields: Partial<JobCost>): JobCost => ({
  ...{ instanceType: 'ml.g5.xlarge', instanceCount: 1, spot: false, billedSeconds: 60, seconds: 60 },
  ...fields,
});

it('is not known before the configuration, nor without any price', () => {
  expect(runCostOf({ facts: {} })).toBeUndefined();
  const { estimatedUsd: _, maximumUsd: __, ...unpriced } = configRendered.example;
  expect(runCostOf({ facts: { 'config.rendered': unpriced } })).toBeUndefined();
});

it('is an estimate first, then the sum of what every job cost, those of failed attempts too', () => {
  expect(runCostOf({ facts })).toEqual({ estimatedUsd: 0.3925, maximumUsd: 3.14, jobs: [] });
  const costs = { a: job({ usd: 0.1 }), b: job({ usd: 0.2, spot: true, savedUsd: 0.4 }) };
  expect(runCostOf({ facts, costs })).toMatchObject({
    spentUsd: 0.3,
    savedUsd: 0.4,
    jobs: [{ jobName: 'a' }, { jobName: 'b' }],
  });
});

it('is no sum where the price of a job is not known', () => {
  const cost = runCostOf({ facts, costs: { a: job({ usd: 0.1 }), b: job({}) } });
  expect(cost?.jobs).toHaveLength(2);
  expect(cost).not.toHaveProperty('spentUsd');
});

import { describe, expect, it } from 'vitest';
import { describeCost } from './describe-run.ts';

describe('the cost of a run', () => {
  it('is what it may be until something was spent, then what it was', () => {
    expect(describeCost({ cost: { estimatedUsd: 0.3925, maximumUsd: 3.14, jobs: [] } })).toBe(
      'about 0.39 USD, at most 3.14 USD',
    );
    expect(describeCost({ cost: { estimatedUsd: 0.3925, spentUsd: 0.006, savedUsd: 0.2, jobs: [] } })).toBe(
      '0.0060 USD, 0.20 USD saved by spare capacity',
    );
  });

  it('is left out where no price is known', () => {
    expect(describeCost({})).toBe('');
    expect(describeCost({ cost: { jobs: [] } })).toBe('');
  });
});

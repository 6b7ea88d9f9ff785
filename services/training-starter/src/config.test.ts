import { describe, expect, it } from 'vitest';
import { Config, monthlyBudget, slotLimit } from './config.ts';

const environment = {
  ...{ STAGE: 'dev', BUCKET_NAME: 'b', TABLE_NAME: 't', BUS_NAME: 'u' },
  ...{ TRAINING_ROLE_ARN: 'r', TRAINING_IMAGE_URI: 'i', TRAINING_SLOT_COUNT: '2' },
};
const read = (more: Record<string, string> = {}) => Config.parse({ ...environment, ...more });

describe('quotas', () => {
  it('are as many instances as the deployment says, for each or for one', () => {
    const config = read({ TRAINING_QUOTAS: 'ml.g5.xlarge spot=4, ml.c7i.xlarge on-demand=0' });
    expect(slotLimit(config, 'ml.g5.xlarge spot')).toBe(4);
    expect(slotLimit(config, 'ml.g5.xlarge on-demand')).toBe(2);
    expect(slotLimit(config, 'ml.c7i.xlarge on-demand')).toBe(0);
  });

  it.each(['ml.g5.xlarge', 'ml.g5.xlarge=x', '=4', 'ml.g5.xlarge=-1', 'ml.g5.xlarge=1.5'])('are not "%s"', (text) => {
    expect(() => read({ TRAINING_QUOTAS: text })).toThrow('is not a quota');
  });
});

describe('budgets', () => {
  it('have no limit unless the deployment sets one', () => {
    expect(monthlyBudget(read(), 'flowers')).toBeUndefined();
    expect(monthlyBudget(read({ MONTHLY_BUDGETS_USD: '' }), 'flowers')).toBeUndefined();
  });

  it('are for one project, or for every other', () => {
    const config = read({ MONTHLY_BUDGETS_USD: 'flowers=50, my birds=12.5, *=20' });
    expect(['flowers', 'my birds', 'cars'].map((project) => monthlyBudget(config, project))).toEqual([50, 12.5, 20]);
    expect(monthlyBudget(read({ MONTHLY_BUDGETS_USD: 'flowers=0' }), 'flowers')).toBe(0);
  });
});

it.each(['', 'Dev', 'a_b', 'x'.repeat(17)])('refuses the stage "%s", of which no job could be named', (STAGE) => {
  expect(() => read({ STAGE })).toThrow();
});

import { expect, it } from 'vitest';
import { rulesOfRecipe } from './rules-of-recipe.ts';

it('takes the tolerance and the split from the recipe', () => {
  expect(rulesOfRecipe('tolerance: { badImages: 0.2 }\nsplit: { validation: 0.3 }')).toEqual({
    validationFraction: 0.3,
    tolerance: { badFraction: 0.2, badFractionPerClass: 0.2 },
  });
});

it('keeps the defaults for a drop without a recipe, or with one that cannot be read', () => {
  expect(rulesOfRecipe(undefined)).toEqual({
    validationFraction: 0.1,
    tolerance: { badFraction: 0.01, badFractionPerClass: 0.05 },
  });
  expect(rulesOfRecipe('split: [')).toEqual({});
});

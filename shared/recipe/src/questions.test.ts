import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecipe } from './parse-recipe.ts';
import { checkAnswer, type RecipeQuestion, recipeQuestions } from './questions.ts';
import { type Answer, type Answers, renderRecipeYaml } from './render-recipe-yaml.ts';
import { parsed } from './testing.ts';

const ask = (field: string, typed: string) => {
  const question = recipeQuestions.find((candidate) => candidate.field === field);
  if (!question) throw new Error(`no question about ${field}`);
  return checkAnswer(question, typed);
};

describe('recipeQuestions', () => {
  it('lets every choice it offers be answered', () => {
    for (const question of recipeQuestions)
      for (const choice of question.choices ?? []) expect(checkAnswer(question, choice)).toMatchObject({ ok: true });
  });

  it('takes an empty answer as the default', () => {
    for (const question of recipeQuestions) expect(checkAnswer(question, '  ')).toEqual({ ok: true, value: undefined });
  });

  it('reads lists, numbers and none', () => {
    expect(ask('targets', 'x86_64, armv7l')).toEqual({ ok: true, value: ['x86_64', 'armv7l'] });
    expect(ask('batchSize', '32')).toEqual({ ok: true, value: 32 });
    expect(ask('augmentations', 'none')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['imageSize', '33x32', 'Use 32x32 or 48x32.'],
    ['batchSize', 'many', 'Give a whole number from 2 to 1024.'],
    ['optimizer.learningRate', '7', 'Use 1.'],
    ['targets', 'x86_64,arm', 'Did you mean armv7l?'],
    ['budget', 'hours', 'Give epochs or seconds.'],
    ['name', 'x\ny: &a [*a]', 'Did you mean x-y-a-a?'],
  ])('says what is wrong with the answer %s: %s', (field, typed, hint) => {
    const result = ask(field, typed);
    expect(result.ok ? '' : result.message).toContain(hint);
  });
});

describe('renderRecipeYaml', () => {
  it('writes a comment on every field and answers in the order of the recipe', () => {
    const text = renderRecipeYaml({ 'schedule.name': '2-step', 'optimizer.learningRate': 0.01, name: 'flowers' });
    expect(text.split('\n').filter((line) => !line.includes('#') && line !== '')).toEqual([
      'name: flowers',
      'optimizer:',
      '  name: adam',
      '  learningRate: 0.01',
      'schedule:',
      '  name: 2-step',
    ]);
    expect(text).toContain('# Highest rate.');
  });

  it('tells editors where the schema is', () => {
    expect(renderRecipeYaml({}, { schema: './recipe.schema.json' })).toMatch(
      /^# yaml-language-server: \$schema=\.\/recipe\.schema\.json\n/,
    );
  });

  it('writes a recipe without faults whatever was answered', () => {
    const answered = fc.record(
      Object.fromEntries(recipeQuestions.map((question) => [question.field, answerTo(question)])),
    );
    fc.assert(
      fc.property(answered, (answers: Answers) => {
        const text = renderRecipeYaml(answers);
        expect(parseRecipe(text)).toMatchObject({ ok: true });
        const { recipe } = parsed(text);
        expect(recipe.name).toBe(answers.name);
        expect(recipe.augmentations?.map(({ name }) => name)).toEqual(answers.augmentations);
        expect(recipe.deployment?.to).toBe(answers['deployment.to']);
      }),
      { numRuns: 100 },
    );
  });

  it('quotes text that YAML would read as something else', () => {
    for (const value of ['null', 'true', '0x10', '1e3', '-', 'a: b', '#', '*a', '"', '', '\n'])
      expect(parseRecipe(`${renderRecipeYaml({ 'deployment.to': value })}x: 1`)).toMatchObject({ ok: false });
    expect(parsed(renderRecipeYaml({ 'deployment.to': 'null' })).recipe.deployment?.to).toBe('null');
    expect(parsed(renderRecipeYaml({ name: '123' })).recipe.name).toBe('123');
  });
});

function answerTo({ field, kind, choices }: RecipeQuestion): fc.Arbitrary<Answer | undefined> {
  const numbers: Record<string, fc.Arbitrary<number>> = {
    batchSize: fc.integer({ min: 2, max: 1_024 }),
    'budget.epochs': fc.integer({ min: 1, max: 10_000 }),
    'budget.seconds': fc.integer({ min: 5, max: 1_000_000 }),
    'optimizer.learningRate': fc.double({ min: 1e-6, max: 1, noNaN: true }),
    'split.validation': fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    'gates.minimumAccuracy': fc.double({ min: 0, max: 1, noNaN: true }),
  };
  const texts: Record<string, fc.Arbitrary<string>> = {
    name: fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){0,10}$/),
    imageSize: fc.constantFrom('32', '32x48', '512x16'),
    'deployment.to': fc.stringMatching(/^[a-zA-Z0-9:_-]{1,20}$/),
  };
  const values: fc.Arbitrary<Answer> | undefined =
    kind === 'choice'
      ? fc.constantFrom(...(choices ?? []))
      : kind === 'choices'
        ? fc.subarray([...(choices ?? [])], { minLength: 1 })
        : (numbers[field] ?? texts[field]);
  if (!values) throw new Error(`no values for ${field}`);
  return fc.option(values, { nil: undefined });
}

import { describe, expect, it } from 'vitest';
import { diffConfigs } from './diff-configs.ts';
import { explain, summarise } from './explain.ts';
import { resolveRecipe } from './resolve-recipe.ts';
import { facts, parsed } from './testing.ts';

const resolve = (text: string) => resolveRecipe(parsed(text), facts);

describe('explain', () => {
  it('shows each value, who decided it, and why', () => {
    const text = explain(resolve('batchSize: 32'));
    expect(text).toMatch(/^batchSize +32 +recipe +as written$/m);
    expect(text).toMatch(/^budget +epochs=10 +dataset +about 500,000 images seen/m);
    expect(text).toMatch(/^augmentations +flip-left-right\(probability=0.5\) shift\(pixels=3\) +default/m);
  });

  it.each([
    ['schedule: constant', 'the rate stays the same'],
    ['schedule: cosine', 'the rate climbs until step 781, then falls to 0 along a cosine'],
    ['schedule: 2-step', 'the rate is divided by 10 at step 3905, step 7419'],
    ['schedule: 3-step', 'the rate is divided by 10 at step 2603, step 5206, step 7419'],
    [
      'schedule: 3-step-with-warmup\nbudget: {seconds: 60}',
      'climbs until 10 %, then is divided by 10 at 33.3 %, 66.7 %, 95 %',
    ],
  ])('says when the rate changes for `%s`', (text, sentence) => {
    expect(explain(resolve(text))).toContain(sentence);
  });

  it('ends with the warnings', () => {
    expect(explain(resolve('gates: {minimumAccuracy: 0.05}'))).toMatch(/\n! GATE_BELOW_CHANCE .*\n$/);
  });
});

describe('summarise', () => {
  it('is one sentence for a message', () => {
    expect(summarise(resolve('budget: {seconds: 60}\ntargets: [x86_64, armv7l]'))).toBe(
      'lmnet-v1 (width 0.5) on 32x32 pixels, 10 classes, 60 s, for x86_64 and armv7l',
    );
  });
});

describe('diffConfigs', () => {
  it('names the fields that differ between two configurations', () => {
    const [before, after] = [resolve('seed: 1').resolved, resolve('seed: 2\nbudget: {seconds: 300}').resolved];
    expect(diffConfigs(before, after)).toMatchObject([
      { path: 'budget.epochs', before: 10, after: undefined },
      { path: 'budget.seconds', before: undefined, after: 300 },
      { path: 'seed', before: 1, after: 2 },
      { path: 'training.maximumRuntimeSeconds' },
      { path: 'training.estimatedSeconds', after: 300 },
    ]);
    expect(diffConfigs(before, before)).toEqual([]);
  });
});

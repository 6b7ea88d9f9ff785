import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUGMENTATION_NAMES } from './augmentations.ts';
import { configDigest } from './render-config.ts';
import { resolveRecipe } from './resolve-recipe.ts';
import type { DatasetFacts } from './resolved-recipe.ts';
import { facts, parsed } from './testing.ts';

const resolve = (text: string, changes: Partial<DatasetFacts> = {}) =>
  resolveRecipe(parsed(text), { ...facts, ...changes });
const faults = (text: string, changes: Partial<DatasetFacts> = {}) =>
  resolve(text, changes).faults.map(({ code, path, nearest }) => [code, path, ...nearest]);
const warnings = (text: string, changes: Partial<DatasetFacts> = {}) =>
  resolve(text, changes).warnings.map(({ code }) => code);

describe('resolveRecipe', () => {
  it('decides everything for a recipe that says nothing', () => {
    expect(resolve('').resolved).toMatchObject({
      name: 'things-of-all-kinds',
      network: { name: 'lmnet-v1', width: 1 },
      imageSize: { height: 32, width: 32 },
      batchSize: 64,
      budget: { epochs: 10 },
      optimizer: { name: 'adam', learningRate: 0.004 },
      schedule: { name: 'cosine', warmup: 0.1 },
      augmentations: [
        { name: 'flip-left-right', probability: 0.5 },
        { name: 'shift', pixels: 3 },
      ],
      labelSmoothing: 0.05,
      evaluation: { images: 5_000, goldenImages: 20 },
      gates: { requiredTargets: ['x86_64', 'aarch64', 'armv7l'], minimumAccuracy: 0.19 },
      deployment: { to: 'dropforge-devices', approval: 'manual' },
    });
  });

  it.each<[string, Partial<DatasetFacts>, object]>([
    ['larger inputs for larger pictures', { typicalSize: { height: 480, width: 640 } }, { imageSize: { height: 64 } }],
    ['more passes over fewer images', { trainImages: 10_000 }, { budget: { epochs: 50 } }],
    ['at most 100 passes', { trainImages: 300 }, { budget: { epochs: 100 } }],
    ['small batches for small datasets', { trainImages: 70 }, { batchSize: 16 }],
    ['a gate that means something for two classes', { classes: ['a', 'b'] }, { gates: { minimumAccuracy: 0.55 } }],
    ['a name for a project that has no letter', { project: '猫' }, { name: 'model' }],
  ])('chooses %s', (_what, changes, expected) => {
    expect(resolve('', changes).resolved).toMatchObject(expected);
  });

  it('chooses small batches for large inputs, and half the channels for a short budget', () => {
    expect(resolve('imageSize: 512').resolved.batchSize).toBe(4);
    expect(resolve('budget: {seconds: 60}').resolved.network.width).toBe(0.5);
  });

  it('scales what an augmentation moves and covers with the input', () => {
    const { augmentations } = resolve('imageSize: 64\naugmentations: [shift, random-patch-cut, pad]').resolved;
    expect(augmentations).toEqual([
      { name: 'shift', pixels: 6 },
      { name: 'random-patch-cut', patches: 1, maxSize: 20, square: true },
      { name: 'pad', pixels: 8, fill: 0 },
    ]);
  });

  it('says of each value who decided it and why', () => {
    const { explanation } = resolve('batchSize: 32');
    const of = (field: string) => explanation.find(({ path }) => path === field);
    expect(of('batchSize')).toEqual({ path: 'batchSize', value: 32, from: 'recipe', why: 'as written' });
    expect(of('budget')).toMatchObject({ from: 'dataset', value: { epochs: 10 } });
    expect(of('optimizer.name')).toMatchObject({ from: 'default', value: 'adam' });
    for (const { why } of explanation) expect(why).not.toBe('');
  });

  it.each<[string, Partial<DatasetFacts>, unknown[]]>([
    ['batchSize: 128', { trainImages: 100 }, ['BATCH_EXCEEDS_DATASET', 'batchSize', 100]],
    ['', { classes: ['one'] }, ['CLASSES_TOO_FEW', '']],
    ['', { validationImages: 0 }, ['VALIDATION_EMPTY', '']],
    ['schedule: 3-step-with-warmup\nbudget: {epochs: 4}', {}, ['SCHEDULE_NEEDS_EPOCHS', 'budget.epochs', 5]],
    ['augmentations: [{name: shift, pixels: 20}]', {}, ['AUGMENTATION_TOO_LARGE', 'augmentations[0].pixels', 16]],
    ['evaluation: {images: 10, goldenImages: 30}', {}, ['GOLDEN_IMAGES_TOO_MANY', 'evaluation.goldenImages', 10]],
    [
      'targets: [x86_64]\ngates: {requiredTargets: [armv7l]}',
      {},
      ['TARGET_NOT_BUILT', 'gates.requiredTargets[0]', 'x86_64'],
    ],
    ['targets: [x86_64, fpga]\nimageSize: 48', {}, ['ENGINE_TOO_SMALL', 'targets[1]']],
    ['targets: [fpga]\nnetwork: {name: lmnet-v1, width: 2}', {}, ['ENGINE_TOO_SMALL', 'targets[0]']],
    ['training: {maximumCostUsd: 5}', {}, ['COST_NEEDS_PRICE', 'training.maximumCostUsd']],
    [
      'budget: {seconds: 90}\ntraining: {maximumRuntimeSeconds: 60}',
      {},
      ['BUDGET_EXCEEDS_RUNTIME', 'budget.seconds', 60],
    ],
    [
      'budget: {seconds: 7200}\ntraining: {maximumCostUsd: 1, instanceUsdPerHour: 1}',
      {},
      ['BUDGET_EXCEEDS_RUNTIME', 'budget.seconds', 3_600],
    ],
  ])('refuses `%s` before anything is spent', (text, changes, expected) => {
    expect(faults(text, changes)).toEqual([expected]);
  });

  it('names every conflict at once, each where it stands in the text', () => {
    const { faults: found } = resolve('batchSize: 512\ntraining:\n  maximumCostUsd: 5\n', {
      trainImages: 100,
      classes: ['a'],
    });
    expect(found.map(({ code, position }) => [code, position?.line])).toEqual([
      ['CLASSES_TOO_FEW', undefined],
      ['BATCH_EXCEEDS_DATASET', 1],
      ['COST_NEEDS_PRICE', 3],
    ]);
  });

  it.each<[string, Partial<DatasetFacts>, string]>([
    ['budget: {epochs: 1}\nbatchSize: 1024', {}, 'FEW_STEPS'],
    ['imageSize: 512\nbatchSize: 64', { typicalSize: { height: 600, width: 600 } }, 'MEMORY_HIGH'],
    ['gates: {minimumAccuracy: 0.1}', {}, 'GATE_BELOW_CHANCE'],
    ['imageSize: 128\nbatchSize: 16', {}, 'IMAGES_ENLARGED'],
    ['evaluation: {images: 9000}', {}, 'FEW_HELD_OUT_IMAGES'],
    ['budget: {epochs: 1000}\ntraining: {maximumRuntimeSeconds: 600}', {}, 'RUNTIME_SHORT'],
    ['', { trainImages: 100 }, 'FEW_IMAGES'],
  ])('warns of `%s`', (text, changes, code) => {
    expect(warnings(text, changes)).toContain(code);
  });

  it('shortens the time limit to what the cost limit pays for', () => {
    const { training } = resolve('training: {maximumCostUsd: 0.5, instanceUsdPerHour: 2}').resolved;
    expect(training.maximumRuntimeSeconds).toBe(900);
  });

  it('asks for no delivery when it goes to none', () => {
    expect(resolve('deployment: {to: none}').resolved.deployment).toBeNull();
  });

  it('has defaults without faults for every dataset that can be trained on', () => {
    const dataset = fc.record({
      classes: fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 2, maxLength: 30 }),
      trainImages: fc.integer({ min: 2, max: 2_000_000 }),
      validationImages: fc.integer({ min: 1, max: 200_000 }),
      typicalSize: fc.record({ height: fc.integer({ min: 1, max: 9_000 }), width: fc.integer({ min: 1, max: 9_000 }) }),
      project: fc.string({ unit: 'grapheme' }),
    });
    const size = fc.integer({ min: 1, max: 32 }).map((n) => n * 16);
    fc.assert(
      fc.property(dataset, size, fc.constantFrom(...AUGMENTATION_NAMES), (changes, side, augmentation) => {
        expect(faults('', changes)).toEqual([]);
        expect(faults(`imageSize: ${side}\naugmentations: [${augmentation}]`, changes)).toEqual([]);
        expect(resolve('', changes).resolved.name).toMatch(/^[a-z0-9](-?[a-z0-9]){0,47}$/);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same digest for the same decisions, however they were written', () => {
    const digest = (text: string) => configDigest(resolve(text).resolved);
    expect(digest('imageSize: 32\nbatchSize: 64')).toBe(digest('batchSize: 64\nimageSize: [32, 32]'));
    expect(digest('seed: 1')).not.toBe(digest('seed: 2'));
    expect(digest('')).toMatch(/^[0-9a-f]{64}$/);
  });
});

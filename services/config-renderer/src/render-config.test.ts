import { configRejected, configRendered } from '@dropforge/events';
import { beforeEach, describe, expect, it } from 'vitest';
import { type RenderConfigPorts, renderConfig, type ValidatedRun } from './render-config.ts';

const { runId, project, attempt } = configRendered.example;
const dataset = 'ab'.repeat(32);
const manifestKey = `datasets/${dataset}/manifest.json`;
const recipeKey = `runs/${runId}/config/recipe.yaml`;
const folder = `runs/${runId}/config/t1/`;
const run: ValidatedRun = { runId, project, attempt, manifestKey, recipeKey };

let recipe: string | undefined;
let manifest: unknown;
let written: Map<string, string>;
const ports: RenderConfigPorts = {
  readRecipe: async (key) => (key === recipeKey ? recipe : undefined),
  readManifest: async (key) => (key === manifestKey ? manifest : undefined),
  writeConfig: async (key, text) => void written.set(key, text),
  priceOf: (instanceType) => ({ 'ml.c7i.xlarge': 0.24, 'ml.g5.xlarge': 1.5 })[instanceType],
};
const json = (name: string) => JSON.parse(written.get(`${folder}${name}`) ?? 'null');

beforeEach(() => {
  recipe = 'budget: {seconds: 60}\ntargets: [x86_64, armv7l]\n';
  manifest = {
    format: 'dropforge-dataset/1',
    task: 'classification',
    digest: dataset,
    classes: ['rose', 'tulip'],
    splits: { train: { images: 3_600, perClass: [1_800, 1_800] }, validation: { images: 400, perClass: [200, 200] } },
    shards: [],
  };
  written = new Map();
});

describe('renderConfig', () => {
  it('writes what the jobs, the judge and people read', async () => {
    const rendered = await renderConfig(run, ports);
    expect([...written.keys()].map((key) => key.slice(folder.length))).toEqual([
      'explanation.txt',
      'resolved.json',
      'policy.json',
      'conversion.json',
      'training.json',
    ]);
    expect(json('training.json')).toMatchObject({ runId, classes: ['rose', 'tulip'], budget: { seconds: 60 } });
    expect(json('conversion.json')).toMatchObject({ runId, modelName: project, datasetDigest: dataset });
    expect(json('policy.json')).toMatchObject({ gates: { minimumAccuracy: 0.55 }, deployment: { approval: 'manual' } });
    expect(rendered).toMatchObject({
      outcome: 'rendered',
      configKey: `${folder}training.json`,
      summary: 'lmnet-v1 (width 0.5) on 32x32 pixels, 2 classes, 60 s, for x86_64 and armv7l',
    });
  });

  it('returns what config.rendered says', async () => {
    const { outcome: _rendered, ...fields } = await renderConfig(run, ports);
    expect(configRendered.data.safeParse({ runId, project, attempt, ...fields })).toMatchObject({ success: true });
  });

  it('says what training will cost, and at most, where the prices are known', async () => {
    recipe = 'budget: {seconds: 1680}\ntraining: {instanceTypes: [ml.c7i.xlarge, ml.g5.xlarge], instanceCount: 2}\n';
    // 1680 s and 120 s around it, on two instances; and the runtime limit on the dearer ones.
    expect(await renderConfig(run, ports)).toMatchObject({
      usdPerHour: { 'ml.c7i.xlarge': 0.24, 'ml.g5.xlarge': 1.5 },
      ...{ estimatedSeconds: 1_800, estimatedUsd: 0.24, maximumSeconds: 5_940, maximumUsd: 4.95 },
    });
    recipe = 'training: {instanceTypes: [ml.c7i.xlarge, ml.p9.xlarge]}\n';
    const unknown = await renderConfig(run, ports);
    expect(unknown).toMatchObject({ usdPerHour: { 'ml.c7i.xlarge': 0.24 }, estimatedUsd: expect.any(Number) });
    expect(unknown).not.toHaveProperty('maximumUsd');
  });

  it('does without a recipe', async () => {
    expect(await renderConfig({ ...run, recipeKey: undefined }, ports)).toMatchObject({ outcome: 'rendered' });
    expect(json('training.json')).toMatchObject({ optimizer: { name: 'adam' }, schedule: { name: 'cosine' } });
  });

  it('writes the same bytes when it is repeated', async () => {
    const first = await renderConfig(run, ports);
    const bytes = new Map(written);
    expect(await renderConfig(run, ports)).toEqual(first);
    expect(written).toEqual(bytes);
  });

  it('names all five mistakes of a recipe, each with its line, and writes no configuration', async () => {
    recipe = 'imageSize: 33\nschedule: cosin\nbatch_size: 64\nseed: x\ntargets: [arm]\n';
    const rejected = await renderConfig(run, ports);
    const reasons = rejected.outcome === 'rejected' ? rejected.reasons : [];
    expect(reasons.map(({ where }) => where)).toEqual(
      [1, 2, 3, 4, 5].map((line) => expect.stringMatching(`^recipe.yaml:${line}:`)),
    );
    expect([...written.keys()]).toEqual([`${folder}faults.json`]);
  });

  it('refuses what does not fit the dataset', async () => {
    recipe = 'batchSize: 512\n';
    manifest = { ...(manifest as object), splits: { train: { images: 70 }, validation: { images: 7 } } }; // set above
    expect(await renderConfig(run, ports)).toEqual({
      outcome: 'rejected',
      reasons: [
        {
          code: 'BATCH_EXCEEDS_DATASET',
          message: 'batchSize is 512, but there are only 70 training images.',
          where: 'recipe.yaml:1:12',
          action: 'Use at most 70.',
        },
      ],
    });
  });

  it('returns what config.rejected says, however many and however long the mistakes are', async () => {
    recipe = Array.from({ length: 60 }, (_, i) => `${'k'.repeat(500)}${i}: 1`).join('\n');
    const rejected = await renderConfig(run, ports);
    const { outcome: _rejected, ...fields } = rejected;
    expect(configRejected.data.safeParse({ runId, project, attempt, ...fields })).toMatchObject({ success: true });
    expect(rejected.outcome === 'rejected' && rejected.reasons.at(-1)?.message).toBe('There are 41 more faults.');
    expect(json('faults.json')).toHaveLength(60);
  });

  it('fails on a manifest that is not one, because that is nobody’s recipe', async () => {
    manifest = { format: 'other' };
    await expect(renderConfig(run, ports)).rejects.toThrow('format');
    expect(written.size).toBe(0);
  });
});

import { decideGate } from '@dropforge/quantized-inference';
import { describe, expect, it } from 'vitest';
import { renderConversionConfig, renderPolicy, renderTrainingConfig } from './render-config.ts';
import { resolveRecipe } from './resolve-recipe.ts';
import { facts, parsed } from './testing.ts';

const RUN = 'run-mzxw6ytboi2gk3tdmfza';
const resolve = (text: string) => resolveRecipe(parsed(text), facts).resolved;
const training = (text: string) => renderTrainingConfig(resolve(text), RUN);

describe('renderTrainingConfig', () => {
  it('renders the whole configuration of a recipe that says nothing', () => {
    expect(training('')).toEqual({
      format: 'dropforge-training/1',
      runId: RUN,
      task: 'classification',
      classes: facts.classes,
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
      weightDecay: 0,
      quantization: {
        weightBits: 1,
        activationBits: 2,
        weightQuantizer: 'binary-channel-wise-mean-scaling',
        firstLayer: 'int8',
        lastLayer: 'int8',
      },
      evaluation: { images: 5_000, goldenImages: 20 },
      checkpointSeconds: 20,
      seed: 0,
    });
  });

  const optimizers = {
    adam: { name: 'adam', learningRate: 0.004 },
    momentum: { name: 'momentum', learningRate: 0.001, momentum: 0.9 },
  };
  const schedules = {
    constant: { name: 'constant' },
    cosine: { name: 'cosine', warmup: 0.1 },
    '2-step': { name: '2-step' },
    '3-step': { name: '3-step' },
    '3-step-with-warmup': { name: '3-step-with-warmup', warmup: 0.1 },
  };
  const pairs = Object.entries(optimizers).flatMap(([optimizer, optimizerConfig]) =>
    Object.entries(schedules).map(([schedule, scheduleConfig]) => ({
      optimizer,
      schedule,
      optimizerConfig,
      scheduleConfig,
    })),
  );

  it.each(pairs)('renders $optimizer with $schedule', ({ optimizer, schedule, optimizerConfig, scheduleConfig }) => {
    const config = training(`optimizer: ${optimizer}\nschedule: ${schedule}`);
    expect(config.optimizer).toEqual(optimizerConfig);
    expect(config.schedule).toEqual(scheduleConfig);
  });

  it('carries class names as data, whatever they are', () => {
    const classes = ['Ünïcode 猫', '"; import os #', '{{ x }}', '__proto__', '../etc', 'a\nb'];
    const { resolved } = resolveRecipe(parsed(''), { ...facts, classes });
    expect(JSON.parse(JSON.stringify(renderTrainingConfig(resolved, RUN))).classes).toEqual(classes);
  });
});

describe('renderConversionConfig', () => {
  it('names the model, the classes, the targets and the dataset', () => {
    expect(renderConversionConfig(resolve('name: bird-watch\ntargets: [armv7l]'), RUN)).toMatchObject({
      format: 'dropforge-conversion/1',
      runId: RUN,
      modelName: 'bird-watch',
      classes: facts.classes,
      targets: ['armv7l'],
      datasetDigest: facts.digest,
      training: { seed: 0, budget: { epochs: 10 } },
    });
  });
});

describe('renderPolicy', () => {
  it('holds a gate policy that the judge takes as it is', () => {
    const { gates, deployment } = renderPolicy(resolve('targets: [x86_64]\ngates: {minimumAccuracy: 0.8}'));
    const golden = { agree: true, images: 20, differingImages: 0, maximumDifference: 0, firstDifference: null };
    const evidence = { accuracy: 0.79, trainerAccuracy: 0.79, modelBytes: 1_000, artifactBytes: 1_000 };
    const decision = decideGate(gates, {
      ...evidence,
      targets: { x86_64: { status: 'ran', golden: golden as never } },
      devices: { x86_64: { files: [{ path: 'a', sha256: '', bytes: 1, memoryBytes: 1 }], faults: [] } },
    }); // only what the gate reads
    expect(decision.checks.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(['accuracy']);
    expect(deployment).toEqual({ to: 'dropforge-devices', approval: 'manual' });
  });
});

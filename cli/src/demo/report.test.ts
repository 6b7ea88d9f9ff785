import { describe, expect, it } from 'vitest';
import { model, view } from '../testing/example-runs.ts';
import { conclude, type DemoResult } from './report.ts';

const device = (name: string, arch: string) => ({
  name,
  arch,
  modelDigest: model.modelDigest,
  predictions: ['Bag', 'Coat'],
  logits: [
    [1, 2],
    [3, 4],
  ],
});
const target = { agree: true, images: 20, ms: 0.3, emulated: false };
const good: DemoResult = {
  run: view(
    { state: 'deployed', ended: true, model },
    [0, 'dataset.received', 'received'],
    [4, 'dataset.validated', 'validated'],
    [10, 'config.rendered', 'configured'],
    [20, 'deployment.completed', 'deployed'],
  ),
  model,
  evidence: {
    accuracy: 0.88,
    evaluationImages: 10_000,
    targets: { x86_64: target, armv7l: { ...target, ms: 8, emulated: true } },
    kernels: {},
    pixels: new Uint8Array(),
    labels: Uint16Array.of(1, 0),
    classes: ['Coat', 'Bag'],
  },
  devices: [device('one', 'x86_64'), device('two', 'armv7l')],
  seconds: 123.456,
  artifacts: 's3://dropforge/models/m/',
  directory: '.dropforge/demo',
};

describe('the end of the demo', () => {
  it('tells the cycles of an engine, whose time here is that of a simulation', () => {
    const engine = { array: '64x64', cyclesPerImage: 41_319 };
    const targets = { ...good.evidence.targets, fpga: { ...target, ms: 900, emulated: true, engine } };
    const { text, report } = conclude({ ...good, evidence: { ...good.evidence, targets } });
    expect(text).toMatch(/fpga +20 of 20 images, bit for bit +41,319 cycles +\(.*simulated engine of 64x64\)/);
    expect(report.targets.fpga).toEqual({ agree: true, images: 20, ms: 900, cycles: 41_319 });
  });

  it('holds when every target agrees, both devices say the same, and the accuracy is reached', () => {
    const { holds, report, text } = conclude(good);
    expect(holds).toBe(true);
    expect(text).toContain('All of it holds.');
    expect(text).toMatch(/truth +Bag +Coat/);
    expect(report).toEqual({
      seconds: 123.5,
      accuracy: 0.88,
      stages: [
        { name: 'dataset', seconds: 4 },
        { name: 'configuration', seconds: 6 },
        { name: 'training', seconds: 10 },
      ],
      targets: { x86_64: { agree: true, images: 20, ms: 0.3 }, armv7l: { agree: true, images: 20, ms: 8 } },
      devices: [
        { name: 'one', arch: 'x86_64', modelDigest: model.modelDigest, predictions: ['Bag', 'Coat'] },
        { name: 'two', arch: 'armv7l', modelDigest: model.modelDigest, predictions: ['Bag', 'Coat'] },
      ],
    });
  });

  it.each<[string, Partial<DemoResult>, string]>([
    [
      'a target disagrees',
      { evidence: { ...good.evidence, targets: { armv7l: { ...target, agree: false } } } },
      'armv7l does not agree',
    ],
    ['the accuracy is missed', { evidence: { ...good.evidence, accuracy: 0.84 } }, 'below 85 %'],
    ['nobody measured the accuracy', { evidence: { ...good.evidence, accuracy: null } }, 'below 85 %'],
    ['a device is silent', { devices: [device('one', 'x86_64')] }, '1 of 2 devices'],
    [
      'a device runs another model',
      { devices: [device('one', 'x86_64'), { ...device('two', 'armv7l'), modelDigest: 'other' }] },
      'two runs another model',
    ],
    [
      'the devices compute different logits',
      {
        devices: [
          device('one', 'x86_64'),
          {
            ...device('two', 'armv7l'),
            logits: [
              [1, 2],
              [3, 5],
            ],
          },
        ],
      },
      'different logits',
    ],
  ])('does not hold when %s', (_, change, words) => {
    const { holds, text } = conclude({ ...good, ...change });
    expect(holds).toBe(false);
    expect(text).toContain(words);
  });
});

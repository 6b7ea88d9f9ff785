/** The compiled kernels compute the integers of the reference, bit for bit, on every target. */
import type { IntegerModel } from '@dropforge/quantized-inference';
import { lmnetV1, modelFromPlan, randomModel, randomPixels } from '@dropforge/quantized-inference/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetName } from './target.ts';
import { targets } from './targets.ts';
import { createParityKit, type Kernels, type ParityKit } from './testing/parity-kit.ts';

/** How many random networks; the native kernels are quick to try, the emulated ones share the compiler's time. */
const randomNetworks: Record<TargetName, number> = { x86_64: 25, aarch64: 6, armv7l: 6 };

/** Wide layers, whose sums come near the end of int16, and beyond what the table-lookup kernel takes. */
const wideModels = [1100, 1300].map((channels) =>
  modelFromPlan({
    input: { height: 3, width: 6, channels: 3 },
    layers: [
      { op: 'convolution', channels, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 33, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'bits' },
    ],
    classes: 3,
    seed: channels,
  }),
);

describe.each(Object.values(targets))('$name', (target) => {
  let kit: ParityKit;
  const kernelSets: readonly Kernels[] = ['auto', 'portable'];

  beforeAll(async () => {
    kit = await createParityKit(target);
  });
  afterAll(() => kit.remove());

  async function expectParity(model: IntegerModel, images: Uint8Array) {
    const runner = await kit.build(model);
    for (const kernels of kernelSets) {
      expect(await kit.findDifference(model, runner, images, kernels), kernels).toBeNull();
    }
  }

  it('agrees with the reference on LmnetV1', async () => {
    const model = lmnetV1({ side: target.name === 'x86_64' ? 32 : 16 });
    await expectParity(model, randomPixels(model.input, 4, 7));
  });

  it('agrees on random networks of any shape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const model = randomModel(seed);
        await expectParity(model, randomPixels(model.input, 3, seed));
      }),
      { numRuns: randomNetworks[target.name], endOnFailure: true },
    );
  });

  it('agrees where all weights and levels are extreme', async () => {
    for (const model of wideModels) {
      const images = randomPixels(model.input, 2, 3);
      const saturated = saturate(model);
      await expectParity(saturated, images);
      await expectParity(model, images);
    }
  });

  it('names the layer in which a weight bit is flipped', async () => {
    const model = lmnetV1({ side: 16, seed: 5 });
    const runner = await kit.build(withFlippedBits(model, 'layer4'));
    for (const kernels of kernelSets) {
      const difference = await kit.findDifference(model, runner, randomPixels(model.input, 6, 1), kernels);
      expect(difference).toContain('from layer layer4');
    }
  });
});

/** The first layer gives the highest level everywhere, the second one has only weights of +1. */
function saturate(model: IntegerModel): IntegerModel {
  const layers = model.layers.map((layer, index) => {
    if (layer.op !== 'convolution') return layer;
    if (index === 0) return { ...layer, thresholds: layer.thresholds.map(() => -(2 ** 31)) };
    const taps = layer.kernel ** 2 * layer.inputChannels;
    const words = Math.ceil(taps / 32);
    const lastWord = taps % 32 === 0 ? 2 ** 32 - 1 : 2 ** (taps % 32) - 1;
    const ones = new Uint32Array(layer.outputChannels * words).map((_, i) =>
      i % words === words - 1 ? lastWord : 2 ** 32 - 1,
    );
    // The largest sums that a window within the image, at its edge and in its corner reach, and one more.
    const thresholds = layer.thresholds.map((_, i) => [taps * 2, taps * 3, taps * 3 + 1][i % 3] ?? 0);
    return { ...layer, weights: { format: 'bits', words: ones } as const, thresholds };
  });
  return { ...model, layers };
}

/** Flips one bit in each of the layer's channels: a single one may leave every level as it was. */
function withFlippedBits(model: IntegerModel, name: string): IntegerModel {
  const layers = structuredClone(model.layers);
  const layer = layers.find((candidate) => candidate.name === name);
  if (layer?.op !== 'convolution' || layer.weights.format !== 'bits') throw new Error(`${name} is no binary layer.`);
  const words = layer.weights.words.length / layer.outputChannels;
  for (let first = 0; first < layer.weights.words.length; first += words) {
    layer.weights.words[first] = (layer.weights.words[first] ?? 0) ^ 1;
  }
  return { ...model, layers };
}

/** The kernels compute the integers of the reference, layer by layer, in both variants. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKernels } from '../../node/read-kernels.ts';
import { type LayerDigest, layerDigests } from '../compare.ts';
import { fingerprint } from '../digest.ts';
import type { IntegerModel } from '../model.ts';
import { runReference } from '../reference.ts';
import { lmnetV1, modelFromPlan, randomModel, randomPixels } from '../testing.ts';
import { createEngine, createWasmEngine, type InferenceEngine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { hasRelaxedSimd, hasSimd } from './web-assembly.ts';

const { simd, relaxedSimd } = await readKernels();
const variants = [
  { name: 'SIMD', module: simd, supported: hasSimd() },
  { name: 'relaxed SIMD', module: relaxedSimd, supported: hasRelaxedSimd() },
].flatMap(({ name, module, supported }) => (module && supported ? [{ name, module }] : []));
const small = lmnetV1({ side: 16, classes: 4 });

/** What `layerDigests` says of the reference, of the engine. */
function digestsOf(engine: InferenceEngine, model: IntegerModel, pixels: Uint8Array): LayerDigest[] {
  const digests: LayerDigest[] = [];
  const logits = engine.run(pixels, (layer, { values }) =>
    digests.push({ layer, digest: fingerprint(new Uint8Array(values)) }),
  );
  digests.push({ layer: model.layers.at(-1)?.name ?? '', digest: fingerprint(new Uint8Array(logits.buffer)) });
  return digests;
}

async function expectParity(model: IntegerModel, module: Uint8Array, images: number, seed: number) {
  const engine = await createWasmEngine(model, module);
  const pixels = randomPixels(model.input, images, seed);
  const imageBytes = pixels.length / images;
  for (let image = 0; image < images; image++) {
    const one = pixels.subarray(image * imageBytes, (image + 1) * imageBytes);
    expect(digestsOf(engine, model, one)).toEqual(layerDigests(model, one));
    expect(engine.run(one)).toEqual(runReference(model, one));
  }
}

describe.skipIf(variants.length === 0).each(variants)('the $name kernels', ({ module }) => {
  it('agree with the reference on LmnetV1', () => expectParity(lmnetV1(), module, 2, 7));

  it('agree on random networks of any shape', async () => {
    const property = fc.asyncProperty(fc.nat(), (seed) => expectParity(randomModel(seed), module, 2, seed));
    await fc.assert(property, { numRuns: 150 });
  });

  it.each([1213, 1214, 1300])('agree on %i channels, where sums leave int16', async (channels) => {
    const first = { op: 'convolution', channels, kernel: 1, stride: 1, padding: 0, bits: 2, weights: 'int8' } as const;
    const second = { ...first, channels: 19, kernel: 3, padding: 1, weights: 'bits' } as const;
    const layers = [first, second];
    const model = modelFromPlan({ input: { height: 2, width: 3, channels: 3 }, layers, classes: 3, seed: channels });
    await expectParity(saturated(model), module, 1, 1);
    await expectParity(model, module, 1, 1);
  });

  it('keep no state between images', async () => {
    const engine = await createWasmEngine(small, module);
    const [a, b] = [1, 2].map((seed) => randomPixels(small.input, 1, seed)) as [Uint8Array, Uint8Array]; // two seeds
    const before = engine.run(a);
    engine.run(b);
    expect(engine.run(a)).toEqual(before);
    expect(engine.run(b)).not.toEqual(before);
  });
});

/** The highest level everywhere, all weights +1: the largest sums that there are, and thresholds around them. */
function saturated(model: IntegerModel): IntegerModel {
  const layers = model.layers.map((layer, index) => {
    if (layer.op !== 'convolution') return layer;
    if (index === 0) return { ...layer, thresholds: layer.thresholds.map(() => -(2 ** 31)) };
    const taps = layer.kernel ** 2 * layer.inputChannels;
    const words = Math.ceil(taps / 32);
    const last = taps % 32 === 0 ? 2 ** 32 - 1 : 2 ** (taps % 32) - 1;
    const ones = new Uint32Array(layer.outputChannels * words).map((_, i) =>
      i % words === words - 1 ? last : 2 ** 32 - 1,
    );
    const inside = 6 * layer.inputChannels * 3; // all six pixels lie in the windows of the middle column
    const thresholds = layer.thresholds.map((_, i) => [inside - 1, inside, inside + 1][i % 3] ?? 0);
    return { ...layer, weights: { format: 'bits', words: ones } as const, thresholds };
  });
  return { ...model, layers };
}

describe('createEngine', () => {
  it.skipIf(variants.length === 0)('refuses a layer whose sums may leave int32 in the kernels, by name', async () => {
    const first = {
      op: 'convolution',
      channels: 8192,
      kernel: 1,
      stride: 1,
      padding: 0,
      bits: 1,
      weights: 'int8',
    } as const;
    const layers = [first, { ...first, channels: 1, kernel: 3, padding: 1 }];
    const model = modelFromPlan({ input: { height: 1, width: 1, channels: 1 }, layers, classes: 1, seed: 1 });
    const error = { code: 'LAYER_UNSUPPORTED', message: expect.stringContaining('layer2') };
    await expect(createWasmEngine(model, variants[0]?.module ?? new Uint8Array())).rejects.toMatchObject(error);
  });

  it.skipIf(variants.length < 2)('prefers relaxed SIMD, then SIMD', async () => {
    expect((await createEngine(small, { simd, relaxedSimd })).kind).toBe('wasm-relaxed');
    expect((await createEngine(small, { simd })).kind).toBe('wasm');
  });

  it('runs the reference without kernels, and says so', async () => {
    const engine = await createEngine(small, { simd: null, relaxedSimd: null });
    expect(engine).toMatchObject({ kind: 'typescript', reason: expect.stringContaining('no kernels'), memoryBytes: 0 });
    const pixels = randomPixels(small.input, 1, 1);
    expect(digestsOf(engine, small, pixels)).toEqual(layerDigests(small, pixels));
  });

  it('refuses an image of another size, whatever the engine', async () => {
    for (const engine of [await createEngine(small, {}), await createEngine(small, { simd, relaxedSimd })]) {
      const error = expect.objectContaining({ code: 'IMAGE_SIZE', message: expect.stringContaining('16x16x3') });
      expect(() => engine.run(new Uint8Array(5))).toThrow(error);
      expect(() => engine.run(new Uint8Array(769))).toThrow(EngineError);
    }
  });

  it('refuses a module that is none, and one of somebody else', async () => {
    const invalid = { code: 'KERNELS_INVALID' };
    await expect(createWasmEngine(small, Uint8Array.of(1, 2, 3))).rejects.toMatchObject(invalid);
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(createWasmEngine(small, empty)).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('conv_groups'),
    });
  });

  it.skipIf(variants.length === 0)(
    'refuses a model that is too large for its memory, before it asks for any',
    async () => {
      // Thirty rows of border around one row of many channels.
      const first = {
        op: 'convolution',
        channels: 8192,
        kernel: 1,
        stride: 1,
        padding: 0,
        bits: 4,
        weights: 'int8',
      } as const;
      const second = { ...first, channels: 1, kernel: 16, padding: 15, weights: 'bits' } as const;
      const input = { height: 1, width: 4000, channels: 1 };
      const model = modelFromPlan({ input, layers: [first, second], classes: 2, seed: 1 });
      const { module } = variants[0] ?? { module: new Uint8Array() };
      await expect(createWasmEngine(model, module)).rejects.toMatchObject({ code: 'MODEL_TOO_LARGE' });
      const engine = await createEngine(model, { simd: module });
      expect(engine).toMatchObject({ kind: 'typescript', reason: expect.stringContaining('MiB') });
    },
  );
});

/** Both variants of the WebAssembly kernels compute the integers of the reference, layer by layer. */
import { modelFromPlan, randomModel } from '@dropforge/quantized-inference/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedCases, type Mutation, mutate } from './cases.ts';
import { findDivergences, parityCase } from './engine.ts';
import { wasmEngines } from './wasm-engine.ts';

describe.each(await wasmEngines())('$name', (engine) => {
  it('agrees on LmnetV1, odd blocks and layers at the ends of their range', async (context) => {
    const cases = fixedCases();
    const digests = await engine.digests(cases);
    if ('missing' in digests) return context.skip(digests.missing);
    expect(findDivergences(cases, digests)).toEqual([]);
  });

  it('agrees on random networks of any shape', async (context) => {
    const property = fc.asyncProperty(fc.nat(), async (seed) => {
      const cases = [parityCase(`randomModel(${seed})`, randomModel(seed), 2, seed)];
      const digests = await engine.digests(cases);
      if ('missing' in digests) return context.skip(digests.missing);
      expect(findDivergences(cases, digests)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it.each(['weight bit', 'threshold', 'padding level'] as Mutation[])('tells the layer of a wrong %s', async (name) => {
    const conv = { op: 'convolution', kernel: 3, stride: 1, padding: 1, bits: 2 } as const;
    const layers = [
      { ...conv, channels: 32, weights: 'int8' },
      { ...conv, channels: 64, paddingLevel: 1, weights: 'bits' },
    ] as const;
    const model = modelFromPlan({ input: { height: 8, width: 8, channels: 3 }, layers, classes: 4, seed: 3 });
    const right = [parityCase(name, model, 6)];
    const digests = await engine.digests([{ ...parityCase(name, model, 6), model: mutate(model, 'layer2', name) }]);
    if ('missing' in digests) return;
    const found = findDivergences(right, digests);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((text) => text.endsWith('layer layer2'))).toBe(true);
  });
});

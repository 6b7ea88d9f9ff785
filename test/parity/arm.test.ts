/** The kernels for ARM compute the integers of the reference, layer by layer, under emulation. */
import { randomModel } from '@dropforge/quantized-inference/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targets } from '../../jobs/convert/src/targets/targets.ts';
import { fixedCases, type Mutation, mutate } from './cases.ts';
import { findDivergences, type ParityCase, parityCase } from './engine.ts';
import { compileRuntime, type NativeRuntime } from './native-program.ts';

const mutations: Mutation[] = ['weight bit', 'threshold', 'padding level'];

describe.each([targets.aarch64, targets.armv7l])('$name', (target) => {
  let runtime: NativeRuntime;
  beforeAll(async () => {
    runtime = await compileRuntime(target);
  });
  afterAll(() => runtime.remove());

  async function divergences(cases: readonly ParityCase[], expected = cases): Promise<string[]> {
    const digests = await runtime.engine('neon').digests(cases);
    if ('missing' in digests) throw new Error(digests.missing);
    return findDivergences(expected, digests);
  }

  it('agrees on LmnetV1, odd blocks and layers at the ends of their range', async () => {
    expect(await divergences(fixedCases(16))).toEqual([]);
  });

  it('agrees on random networks of any shape', async () => {
    const property = fc.asyncProperty(fc.uniqueArray(fc.nat(), { minLength: 20, maxLength: 20 }), async (seeds) => {
      const cases = seeds.map((seed) => parityCase(`randomModel(${seed})`, randomModel(seed), 2, seed));
      expect(await divergences(cases)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 1, endOnFailure: true });
  });

  it('tells the layer of a wrong weight bit, threshold or padding level', async () => {
    const [, oddBlocks] = fixedCases(16);
    if (oddBlocks === undefined) throw new Error('There are no odd blocks.');
    const right = mutations.map((name) => ({ ...oddBlocks, name }));
    const wrong = right.map((one) => ({ ...one, model: mutate(one.model, 'layer3', one.name) }));
    const found = await divergences(wrong, right);
    for (const name of mutations) expect(found.some((text) => text.startsWith(name))).toBe(true);
    expect(found.filter((text) => !text.endsWith('layer layer3'))).toEqual([]);
  });
});

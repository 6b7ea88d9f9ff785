/** Every kernel set for x86-64 computes the integers of the reference, layer by layer. */
import { lmnetV1, modelFromPlan, randomModel } from '@dropforge/quantized-inference/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targets } from '../../jobs/convert/src/targets/targets.ts';
import { fixedCases, type Mutation, mutate } from './cases.ts';
import { findDivergences, type ParityCase, parityCase } from './engine.ts';
import { compileRuntime, type NativeRuntime } from './native-program.ts';

/** Random networks in one program, and programs. */
const [networks, programs] = [12, 3];
const kernelSets = ['portable', 'avx2', 'avx512bw', 'avx512vbmi', 'avx512'];

let runtime: NativeRuntime;
beforeAll(async () => {
  runtime = await compileRuntime(targets.x86_64);
});
afterAll(() => runtime.remove());

/** Compares every kernel set that this machine has; tells the others. */
async function expectParity(cases: readonly ParityCase[]): Promise<void> {
  for (const kernels of kernelSets) {
    const digests = await runtime.engine(kernels).digests(cases);
    if ('missing' in digests) console.warn(`Not compared: ${digests.missing}.`);
    else expect(findDivergences(cases, digests), kernels).toEqual([]);
  }
}

it('agrees on LmnetV1, odd blocks and layers at the ends of their range', async () => {
  await expectParity(fixedCases());
});

it('agrees on random networks of any shape', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(), { minLength: networks, maxLength: networks }), async (seeds) => {
      await expectParity(seeds.map((seed) => parityCase(`randomModel(${seed})`, randomModel(seed), 2, seed)));
    }),
    { numRuns: programs, endOnFailure: true },
  );
});

describe('the comparison', () => {
  const model = modelFromPlan({
    input: { height: 8, width: 8, channels: 3 },
    layers: [
      { op: 'convolution', channels: 32, kernel: 3, stride: 1, padding: 1, bits: 2, weights: 'int8' },
      { op: 'convolution', channels: 64, kernel: 3, stride: 1, padding: 1, paddingLevel: 1, bits: 2, weights: 'bits' },
      { op: 'space-to-depth', block: 2 },
      { op: 'convolution', channels: 64, kernel: 3, stride: 1, padding: 1, paddingLevel: 2, bits: 2, weights: 'bits' },
    ],
    classes: 4,
    seed: 3,
  });
  const mutations: Mutation[] = ['weight bit', 'threshold', 'padding level'];

  it.each(['layer2', 'layer4'])(
    'names %s where a weight bit, a threshold or the padding level is wrong',
    async (layer) => {
      const images = parityCase('', model, 6).images;
      const wrong = mutations.map((name) => ({ name, model: mutate(model, layer, name), images }));
      const right = mutations.map((name) => ({ name, model, images }));
      for (const kernels of kernelSets) {
        const digests = await runtime.engine(kernels).digests(wrong);
        if ('missing' in digests) continue;
        const found = findDivergences(right, digests);
        for (const name of mutations) {
          const here = found.filter((text) => text.startsWith(name));
          expect(here.length, `${kernels}: ${name}`).toBeGreaterThan(0);
          expect(
            here.every((text) => text.endsWith(`layer ${layer}`)),
            `${here}`,
          ).toBe(true);
        }
      }
    },
  );
});

it('runs a model of one class as any other', async () => {
  await expectParity([parityCase('one class', lmnetV1({ classes: 1, side: 8 }), 1)]);
});

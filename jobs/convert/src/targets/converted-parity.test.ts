/** Networks from elsewhere, converted and compiled: large kernels and blocks, padding levels, averages, wide levels. */
import { randomPixels } from '@dropforge/quantized-inference/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertModel } from '../convert-model.ts';
import { cnv, fullyConnected } from '../frontend/testing/finn-networks.ts';
import type { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { randomNetwork } from '../frontend/testing/random-network.ts';
import { targets } from './targets.ts';
import { createParityKit, type ParityKit } from './testing/parity-kit.ts';

describe('converted networks on x86_64', () => {
  let kit: ParityKit;
  beforeAll(async () => {
    kit = await createParityKit(targets.x86_64);
  });
  afterAll(() => kit.remove());

  it.each<[string, NetworkBuilder]>([
    ['TFC w1a1', fullyConnected(64, { weightBits: 1, activationBits: 1 })],
    ['TFC w2a2', fullyConnected(64, { weightBits: 2, activationBits: 2 })],
    ['CNV w1a2', cnv({ weightBits: 1, activationBits: 2, width: 1 / 4 })],
    ...Array.from({ length: 12 }, (_, seed): [string, NetworkBuilder] => [
      `random network ${seed}`,
      randomNetwork(seed),
    ]),
  ])('compute the integers of the reference: %s', async (_, network) => {
    const model = convertModel(network.bytes());
    const runner = await kit.build(model);
    for (const kernels of ['auto', 'portable'] as const) {
      expect(await kit.findDifference(model, runner, randomPixels(model.input, 3, 5), kernels), kernels).toBeNull();
    }
  });
});

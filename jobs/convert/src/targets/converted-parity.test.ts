/** Networks from elsewhere, converted and compiled: large kernels and blocks, padding levels, averages, wide levels. */
import { expect, it } from 'vitest';
import { findDivergences, type ParityCase, parityCase } from '../../../../test/parity/engine.ts';
import { compileRuntime } from '../../../../test/parity/native-program.ts';
import { convertModel } from '../convert-model.ts';
import { cnv, fullyConnected } from '../frontend/testing/finn-networks.ts';
import type { NetworkBuilder } from '../frontend/testing/network-builder.ts';
import { randomNetwork } from '../frontend/testing/random-network.ts';
import { targets } from './targets.ts';

const networks: [string, NetworkBuilder][] = [
  ['TFC w1a1', fullyConnected(64, { weightBits: 1, activationBits: 1 })],
  ['TFC w2a2', fullyConnected(64, { weightBits: 2, activationBits: 2 })],
  ['CNV w1a2', cnv({ weightBits: 1, activationBits: 2, width: 1 / 4 })],
  ...Array.from({ length: 12 }, (_, seed): [string, NetworkBuilder] => [`random network ${seed}`, randomNetwork(seed)]),
];

it('computes the integers of the reference for converted networks, whatever the kernels', async () => {
  const cases: ParityCase[] = networks.map(([name, network]) => parityCase(name, convertModel(network.bytes()), 3, 5));
  const runtime = await compileRuntime(targets.x86_64);
  try {
    for (const kernels of ['portable', 'avx2', 'avx512bw', 'avx512']) {
      const digests = await runtime.engine(kernels).digests(cases);
      if (!('missing' in digests)) expect(findDivergences(cases, digests), kernels).toEqual([]);
    }
  } finally {
    await runtime.remove();
  }
}, 600_000);

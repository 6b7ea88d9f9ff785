/** Networks from elsewhere, converted and compiled: large kernels and blocks, padding levels, averages, wide levels. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { convertModel } from '../../jobs/convert/src/convert-model.ts';
import { cnv, fullyConnected } from '../../jobs/convert/src/frontend/testing/finn-networks.ts';
import type { NetworkBuilder } from '../../jobs/convert/src/frontend/testing/network-builder.ts';
import { randomNetwork } from '../../jobs/convert/src/frontend/testing/random-network.ts';
import { targets } from '../../jobs/convert/src/targets/targets.ts';
import { findDivergences, parityCase } from './engine.ts';
import { compileRuntime, type NativeRuntime } from './native-program.ts';

const networks: [string, NetworkBuilder][] = [
  ['TFC w1a1', fullyConnected(64, { weightBits: 1, activationBits: 1 })],
  ['TFC w2a2', fullyConnected(64, { weightBits: 2, activationBits: 2 })],
  ['CNV w1a2', cnv({ weightBits: 1, activationBits: 2, width: 1 / 4 })],
  ...Array.from({ length: 12 }, (_, seed): [string, NetworkBuilder] => [`random network ${seed}`, randomNetwork(seed)]),
];
const cases = networks.map(([name, network]) => parityCase(name, convertModel(network.bytes()), 3, 5));
let runtime: NativeRuntime;
beforeAll(async () => {
  runtime = await compileRuntime(targets.x86_64);
});
afterAll(() => runtime.remove());

it.each(['portable', 'avx2', 'avx512bw', 'avx512vbmi', 'avx512'])(
  'compute the integers of the reference with %s',
  async (kernels) => {
    const digests = await runtime.engine(kernels).digests(cases);
    if ('missing' in digests) console.warn(`Not compared: ${digests.missing}.`);
    else expect(findDivergences(cases, digests)).toEqual([]);
  },
);

import { readKernels } from '@dropforge/quantized-inference/node';
import { expect, it } from 'vitest';
import type { Ports } from './ports.ts';
import { convertedRun, createConvertedModel } from './testing/converted-model.ts';
import { validateModel } from './validate-model.ts';

/** What the gate says of a good model, and its decision. */
async function judge(kernels: Ports['readKernels'] = readKernels) {
  const converted = createConvertedModel();
  const event = await validateModel(converted.event(), { ...converted.ports, readKernels: kernels }, convertedRun);
  const key = 'decisionKey' in event.data ? (event.data.decisionKey ?? '') : '';
  return { event, decision: converted.parse(key) };
}

/** The kernels with every `i8x16.add` (0xfd 0x6e) a subtraction (0x71), https://github.com/WebAssembly/simd */
async function subtractingKernels(): Promise<Uint8Array> {
  const { simd } = await readKernels();
  return Uint8Array.from(simd ?? [], (byte, i) => (byte === 0x6e && simd?.[i - 1] === 0xfd ? 0x71 : byte));
}

it('a model passes whose integers the kernels compute, with and without relaxed SIMD', async () => {
  const { event, decision } = await judge();
  const agrees = { status: 'ran', golden: { agree: true, images: 3 } };
  expect(event.name).toBe('model.validated');
  expect(decision).toMatchObject({ evidence: { kernels: { wasm: agrees, 'wasm-relaxed': agrees } } });
});

it('a model passes where the kernels cannot run, and the decision says why', async () => {
  const { event, decision } = await judge(async () => ({ simd: null, relaxedSimd: null }));
  const failed = { status: 'failed', code: 'KERNELS_NOT_RUN', message: expect.stringContaining('no kernels') };
  expect(event.name).toBe('model.validated');
  expect(decision).toMatchObject({ evidence: { kernels: { wasm: failed, 'wasm-relaxed': failed } } });
});

it('the gate stays closed when the kernels compute something else, and names them', async () => {
  const { event } = await judge(async () => ({ ...(await readKernels()), simd: await subtractingKernels() }));
  expect('reasons' in event.data && event.data.reasons).toEqual([
    {
      code: 'KERNELS_DISAGREE',
      message: expect.stringMatching(
        /^The wasm build of the kernels differs from the reference in \d of 3 golden images/,
      ),
      where: 'kernels:wasm',
      action: expect.stringContaining('Report it'),
    },
  ]);
});

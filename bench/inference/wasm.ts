/** Our WebAssembly kernels on LmnetV1, with and without relaxed SIMD. */
import { createEngine, runReference } from '@dropforge/quantized-inference';
import { readKernels } from '@dropforge/quantized-inference/node';
import { randomPixels } from '@dropforge/quantized-inference/testing';
import { type Engine, engineOf } from './engine.ts';
import { model } from './ours.ts';

/** Those that are built and that this Node runs. Throws when one computes other logits than the reference. */
export async function wasmEngines(): Promise<Engine[]> {
  const { simd, relaxedSimd } = await readKernels();
  const pixels = randomPixels(model.input, 1, 1);
  const expected = runReference(model, pixels);
  const engines: Engine[] = [];
  for (const kernels of [{ simd }, { relaxedSimd }]) {
    const engine = await createEngine(model, kernels);
    if (engine.kind === 'typescript') {
      console.error(`Not measured: ${Object.keys(kernels)} kernels. ${engine.reason}`);
      continue;
    }
    if (engine.run(pixels).some((logit, index) => logit !== expected[index])) {
      throw new Error(`${engine.kind} computes wrong logits.`);
    }
    engines.push(engineOf('dropforge', engine.kind, () => engine.run(pixels)));
  }
  return engines;
}

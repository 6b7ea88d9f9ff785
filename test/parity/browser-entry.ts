/** What a page would bundle: the engine, the kernels in the bundle itself, and a model that was fetched. */
import { argmax, createEngine, readModel } from '@dropforge/quantized-inference';
import simd from '@dropforge/quantized-inference/kernels.wasm';
import relaxedSimd from '@dropforge/quantized-inference/kernels-relaxed.wasm';

/** Engine, class and logits of one image. */
export async function classify(model: Uint8Array, pixels: Uint8Array) {
  const engine = await createEngine(readModel(model), { simd, relaxedSimd });
  const logits = engine.run(pixels);
  return { kind: engine.kind, reason: engine.reason, index: argmax(logits), logits: [...logits] };
}

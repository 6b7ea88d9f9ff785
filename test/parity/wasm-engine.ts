/** The WebAssembly kernels as an engine of the parity tests. */
import {
  createWasmEngine,
  fingerprint,
  hasRelaxedSimd,
  hasSimd,
  type LayerDigest,
} from '@dropforge/quantized-inference';
import { readKernels } from '@dropforge/quantized-inference/node';
import type { ParityCase, ParityEngine } from './engine.ts';

/** Both variants. */
export async function wasmEngines(): Promise<ParityEngine[]> {
  const { simd, relaxedSimd } = await readKernels();
  return [wasmEngine('wasm', simd, hasSimd()), wasmEngine('wasm-relaxed', relaxedSimd, hasRelaxedSimd())];
}

function wasmEngine(name: string, kernels: Uint8Array | null, supported: boolean): ParityEngine {
  return {
    name,
    async digests(cases) {
      if (kernels === null || !supported) return { missing: `this machine cannot build or run ${name}` };
      return Promise.all(cases.map((one) => digestsOf(kernels, one)));
    },
  };
}

async function digestsOf(kernels: Uint8Array, { model, images }: ParityCase): Promise<LayerDigest[][]> {
  const engine = await createWasmEngine(model, kernels);
  return images.map((image) => {
    const digests: LayerDigest[] = [];
    const logits = engine.run(image, (layer, { values }) =>
      digests.push({ layer, digest: fingerprint(new Uint8Array(values)) }),
    );
    digests.push({ layer: model.layers.at(-1)?.name ?? '', digest: fingerprint(new Uint8Array(logits.buffer)) });
    return digests;
  });
}

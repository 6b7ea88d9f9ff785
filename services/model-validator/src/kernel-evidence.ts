import {
  compareLogits,
  createEngine,
  type IntegerModel,
  type KernelModules,
  type TargetEvidence,
} from '@dropforge/quantized-inference';

/**
 * The golden images once more, by the WebAssembly kernels: what pages and batch jobs will run is tried on this very model.
 * `pixels`: uint8, image by image. `expected`: the reference's logits of all images. By the name of the build.
 */
export async function kernelEvidence(
  model: IntegerModel,
  pixels: Uint8Array,
  expected: Int32Array,
  { simd = null, relaxedSimd = null }: KernelModules,
): Promise<Record<string, TargetEvidence>> {
  return {
    wasm: await tryKernels(model, pixels, expected, { simd }),
    'wasm-relaxed': await tryKernels(model, pixels, expected, { relaxedSimd }),
  };
}

async function tryKernels(
  model: IntegerModel,
  pixels: Uint8Array,
  expected: Int32Array,
  kernels: KernelModules,
): Promise<TargetEvidence> {
  const engine = await createEngine(model, kernels);
  if (engine.reason !== null) return { status: 'failed', code: 'KERNELS_NOT_RUN', message: engine.reason };
  const { height, width, channels } = model.input;
  const classes = model.classes.length;
  const bytes = height * width * channels;
  const logits = new Int32Array(expected.length);
  for (let image = 0; image < expected.length / classes; image++) {
    logits.set(engine.run(pixels.subarray(image * bytes, (image + 1) * bytes)), image * classes);
  }
  return { status: 'ran', golden: compareLogits(expected, logits, classes) };
}

/** What runs a model: the kernels where the machine has them, the reference elsewhere. */
import type { IntegerModel } from '../model.ts';
import { runReference } from '../reference.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { EngineError } from './engine-error.ts';
import { instantiateKernels } from './kernels.ts';
import { MemoryPlan } from './memory-plan.ts';
import { planCalls } from './plan-calls.ts';
import { hasRelaxedSimd, hasSimd, type WasmModule } from './web-assembly.ts';

export interface InferenceEngine {
  readonly kind: 'wasm-relaxed' | 'wasm' | 'typescript';
  /** Why it is plain TypeScript; null for the kernels. */
  readonly reason: string | null;
  /** Memory of the module, fixed when the engine is made; 0 for plain TypeScript. */
  readonly memoryBytes: number;
  /**
   * Runs one image. `pixels`: uint8 height x width x channels. Returns one int32 logit per class, the same integers in
   * every engine. `onLayer` sees the levels of each layer but the head. Throws EngineError IMAGE_SIZE.
   */
  run(pixels: Uint8Array, onLayer?: (name: string, levels: Tensor) => void): Int32Array;
}

/** The kernels as compiled from their C sources; either may be missing. Bytes or a module that is compiled already. */
export interface KernelModules {
  readonly simd?: WasmModule | Uint8Array | null;
  readonly relaxedSimd?: WasmModule | Uint8Array | null;
}

/**
 * The fastest engine that this machine has for a checked model. Where the kernels cannot serve, for want of WebAssembly, of
 * the files or of memory, it is the reference and says why.
 */
export async function createEngine(model: IntegerModel, kernels: KernelModules): Promise<InferenceEngine> {
  try {
    if (kernels.relaxedSimd && hasRelaxedSimd()) {
      return await createWasmEngine(model, kernels.relaxedSimd, 'wasm-relaxed');
    }
    if (kernels.simd && hasSimd()) return await createWasmEngine(model, kernels.simd, 'wasm');
  } catch (error) {
    if (error instanceof EngineError) return createTypeScriptEngine(model, error.message);
    throw error;
  }
  const found = kernels.simd || kernels.relaxedSimd;
  const reason = found ? 'This machine has no 128-bit WebAssembly.' : 'There are no kernels: build them first.';
  return createTypeScriptEngine(model, reason);
}

/**
 * Plans the memory, packs the weights and writes them into a fresh instance. Rejects with EngineError KERNELS_INVALID,
 * MODEL_TOO_LARGE or LAYER_UNSUPPORTED.
 */
export async function createWasmEngine(
  model: IntegerModel,
  module: WasmModule | Uint8Array,
  kind: 'wasm-relaxed' | 'wasm' = 'wasm',
): Promise<InferenceEngine> {
  const kernels = await instantiateKernels(module);
  const plan = new MemoryPlan(kernels.__heap_base.value);
  const { pixels, logits, calls } = planCalls(model, kernels, plan);
  plan.apply(kernels.memory);
  // The memory never grows again, so that these views stay valid.
  const memory = new Uint8Array(kernels.memory.buffer);
  const logitView = new Int32Array(kernels.memory.buffer, logits, model.classes.length);
  return {
    kind,
    reason: null,
    memoryBytes: memory.length,
    run(image, onLayer) {
      checkImage(model, image);
      memory.set(image, pixels);
      for (const { run, layers } of calls) {
        run();
        if (onLayer === undefined) continue;
        for (const { name, shape, show } of layers) {
          const first = show();
          onLayer(name, { ...shape, values: memory.slice(first, first + elementCount(shape)) });
        }
      }
      return logitView.slice();
    },
  };
}

function createTypeScriptEngine(model: IntegerModel, reason: string): InferenceEngine {
  return {
    kind: 'typescript',
    reason,
    memoryBytes: 0,
    run(image, onLayer) {
      checkImage(model, image);
      return runReference(model, image, onLayer ? { onLayer } : {});
    },
  };
}

function checkImage({ input }: IntegerModel, image: Uint8Array): void {
  const expected = elementCount(input);
  if (image.length === expected) return;
  const shape = `${input.height}x${input.width}x${input.channels}`;
  throw new EngineError('IMAGE_SIZE', `The image has ${image.length} bytes; ${shape} needs ${expected}.`);
}

/** The compiled kernels: what the module exports. Its sources are jobs/convert/runtime/src/df_wasm.c and what that calls. */
import { EngineError } from './engine-error.ts';
import { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts';

/** Addresses and sizes are in bytes of the module's memory, unless they say otherwise. */
export interface Kernels {
  readonly memory: WasmMemory;
  /** First address that the module leaves to its caller. */
  readonly __heap_base: { readonly value: number };
  /** `layout`: address of a df_layout. */
  pack(layout: number, levels: number, image: number): void;
  unpack(layout: number, image: number, levels: number): void;
  /** `layer`: address of a df_packed_conv. */
  conv_groups(layer: number, input: number, output: number): void;
  conv_bytes(layer: number, input: number, output: number): void;
  space_to_depth(input: number, height: number, width: number, channels: number, block: number, output: number): void;
  max_pool(...window: PoolWindow): void;
  average_pool(...windowAndThresholds: [...PoolWindow, thresholds: number, thresholdCount: number]): void;
  head(
    input: number,
    pixels: number,
    channels: number,
    weights: number,
    bias: number,
    classes: number,
    sums: number,
    logits: number,
  ): void;
}

export type PoolWindow = [
  input: number,
  height: number,
  width: number,
  channels: number,
  kernel: number,
  stride: number,
  output: number,
  outputHeight: number,
  outputWidth: number,
];

const names: readonly (keyof Kernels)[] = [
  'memory',
  '__heap_base',
  'pack',
  'unpack',
  'conv_groups',
  'conv_bytes',
  'space_to_depth',
  'max_pool',
  'average_pool',
  'head',
];

/** A fresh instance, with memory of its own. Throws EngineError KERNELS_INVALID. */
export async function instantiateKernels(module: WasmModule | Uint8Array): Promise<Kernels> {
  if (webAssembly === undefined) throw new EngineError('KERNELS_INVALID', 'This engine has no WebAssembly.');
  try {
    const compiled = module instanceof Uint8Array ? await webAssembly.compile(module) : module;
    const { exports } = await webAssembly.instantiate(compiled);
    return checkExports(exports);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('KERNELS_INVALID', `The kernels cannot be loaded: ${reason}`, { cause: error });
  }
}

function checkExports(exports: unknown): Kernels {
  const missing = names.filter((name) => !(exports as Partial<Kernels>)[name]);
  if (missing.length > 0) {
    throw new EngineError('KERNELS_INVALID', `The module has no export ${missing.join(', ')}: build the kernels anew.`);
  }
  return exports as Kernels; // its names were checked, its types are those of df_wasm.c
}

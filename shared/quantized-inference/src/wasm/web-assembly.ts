/** As much of the engine's WebAssembly as is used here, and what the engine can run. */

export interface WasmModule {
  readonly [moduleBrand]: never;
}
declare const moduleBrand: unique symbol;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB. Throws RangeError when there is no more memory. */
  grow(pages: number): number;
}

interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  /** Rejects with a CompileError for what is not a module that this engine can run. */
  compile(bytes: Uint8Array): Promise<WasmModule>;
  /** Rejects with a LinkError when the module imports something. */
  instantiate(module: WasmModule): Promise<{ readonly exports: unknown }>;
}

/** Undefined where there is none; neither TypeScript's own library nor every engine has it. */
export const webAssembly = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;

/** `(func (result v128) (i8x16.splat (i32.const 0)))` */
const SPLAT = [0x41, 0x00, 0xfd, 0x0f];

/** 128-bit vectors: https://github.com/WebAssembly/simd */
export function hasSimd(): boolean {
  return webAssembly?.validate(moduleOf(SPLAT)) ?? false;
}

/** `i8x16.relaxed_swizzle`: https://github.com/WebAssembly/relaxed-simd */
export function hasRelaxedSimd(): boolean {
  return webAssembly?.validate(moduleOf([...SPLAT, ...SPLAT, 0xfd, 0x80, 0x02])) ?? false;
}

/** A module with one function that returns a vector. */
function moduleOf(instructions: readonly number[]): Uint8Array {
  const body = [0x00, ...instructions, 0x0b];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const type = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b];
  const functions = [0x03, 0x02, 0x01, 0x00];
  const code = [0x0a, body.length + 2, 0x01, body.length, ...body];
  return Uint8Array.from([...header, ...type, ...functions, ...code]);
}

/** The compiled kernels from disk, for Node: the package itself reads nothing. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** For createEngine. */
export interface KernelFiles {
  readonly simd: Uint8Array | null;
  readonly relaxedSimd: Uint8Array | null;
}

const built = fileURLToPath(new URL('../dist/', import.meta.url));

/**
 * `directory`: where `kernels.wasm` and `kernels-relaxed.wasm` lie; a bundle brings its own copies. A file that is missing is
 * null, and the engine then says why it is slow.
 */
export async function readKernels(directory = built): Promise<KernelFiles> {
  const [simd, relaxedSimd] = await Promise.all(['kernels.wasm', 'kernels-relaxed.wasm'].map(read));
  return { simd: simd ?? null, relaxedSimd: relaxedSimd ?? null };

  async function read(name: string): Promise<Uint8Array | null> {
    try {
      return await readFile(`${directory}/${name}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // of node:fs, hence the code
      throw error;
    }
  }
}

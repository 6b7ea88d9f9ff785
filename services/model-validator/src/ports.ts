import type { KernelModules } from '@dropforge/quantized-inference';

/** What this service needs of the world, in its own words. */
export interface Ports {
  /** A file of the bucket, whole; undefined: there is none. EvidenceError FILE_TOO_LARGE: it is larger than `maximumBytes`. */
  readFile(key: string, maximumBytes: number): Promise<Uint8Array | undefined>;
  writeFile(key: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** The WebAssembly kernels that come with the service. */
  readKernels(): Promise<KernelModules>;
}

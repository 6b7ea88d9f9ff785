import type { FileFacts } from '../describe-file.ts';
import type { DeviceProfile } from './profiles.ts';

/** What memory a network takes while it runs one image on one thread. */
export interface MemoryPeak {
  /** Whole pages of everything that is mapped, the library's own arena included. Proven by the file. */
  readonly mappedBytes: number;
  /** From the manifest; else the most that a thread has before it is stopped. */
  readonly stackBytes: number;
  readonly isStackKnown: boolean;
  readonly peakBytes: number;
}

/** Linux gives a thread so much unless it is told otherwise; a deeper stack ends the program, not the device. */
export const THREAD_STACK_BYTES = 8 * 2 ** 20;

/**
 * Code and data are in the file's own list of segments; the kernels are linked without the C library, so nothing can be
 * allocated. An arena that a caller brings comes to the caller's account.
 */
export function memoryPeak(
  { kind, segments, threadBytes }: Pick<FileFacts, 'kind' | 'segments' | 'threadBytes'>,
  { pageBytes }: Pick<DeviceProfile, 'pageBytes'>,
  stackBytes?: number,
): MemoryPeak {
  const pages = (bytes: number) => Math.ceil(bytes / pageBytes) * pageBytes;
  // What is not linked yet has no addresses: a linker lays its parts side by side.
  const isLinked = kind === 'library' || kind === 'program';
  const mappedBytes = isLinked
    ? segments.reduce((sum, { address, memoryBytes }) => sum + pages((address % pageBytes) + memoryBytes), 0)
    : pages(segments.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0));
  const stack = stackBytes ?? THREAD_STACK_BYTES;
  return {
    mappedBytes,
    stackBytes: stack,
    isStackKnown: stackBytes !== undefined,
    peakBytes: mappedBytes + threadBytes + stack,
  };
}

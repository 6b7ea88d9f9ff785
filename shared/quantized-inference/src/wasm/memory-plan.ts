/** Plans the memory of a module once: every tensor, weight and description has its place, and nothing moves later. */
import { EngineError } from './engine-error.ts';
import type { WasmMemory } from './web-assembly.ts';

const PAGE_BYTES = 65536;
/** DF_ARENA_ALIGNMENT. */
const ALIGNMENT = 64;
/** What an engine may take: a page in a browser has other uses for its memory, and so has a small Lambda function. */
export const LARGEST_MEMORY_BYTES = 2 ** 29;

type Data = Int8Array | Uint8Array | Int16Array | Int32Array | Uint32Array;

export class MemoryPlan {
  private end: number;
  private readonly contents: { address: number; data: Data }[] = [];

  /** `start`: the first free address. */
  constructor(start: number) {
    this.end = start;
  }

  /** Address of as many zeros, aligned to 64. Throws EngineError MODEL_TOO_LARGE. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.end / ALIGNMENT) * ALIGNMENT;
    this.end = address + bytes;
    if (this.end > LARGEST_MEMORY_BYTES) throw tooLarge(this.end);
    return address;
  }

  /** Address at which these values will lie. Throws EngineError MODEL_TOO_LARGE. */
  write(data: Data): number {
    const address = this.reserve(data.byteLength);
    this.contents.push({ address, data });
    return address;
  }

  /** Of everything planned, and of what lies before it. */
  get bytes(): number {
    return this.end;
  }

  /** Grows the memory and writes all values. Throws EngineError MODEL_TOO_LARGE. */
  apply(memory: WasmMemory): void {
    const pages = Math.ceil((this.end - memory.buffer.byteLength) / PAGE_BYTES);
    try {
      if (pages > 0) memory.grow(pages);
    } catch (error) {
      throw tooLarge(this.end, error);
    }
    const bytes = new Uint8Array(memory.buffer);
    for (const { address, data } of this.contents) {
      bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
    }
  }
}

function tooLarge(bytes: number, cause?: unknown): EngineError {
  const [needed, most] = [bytes, LARGEST_MEMORY_BYTES].map((size) => Math.ceil(size / 2 ** 20));
  return new EngineError(
    'MODEL_TOO_LARGE',
    `The model needs ${needed} MiB of memory or more; an engine may take ${most} MiB, if there are as many. Use smaller images.`,
    { cause },
  );
}

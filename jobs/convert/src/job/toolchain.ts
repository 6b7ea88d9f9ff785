import type { IntegerModel } from '@dropforge/quantized-inference';
import type { TargetName } from '../targets/index.ts';

/** What the job needs of the C side: sources out of a model, a target out of sources, logits out of a target. */
export interface Toolchain {
  /** Throws TargetFailure for a model that the target cannot run. */
  emit(target: TargetName, model: IntegerModel): EmittedSources;
  /** Compiles into `directory`. Throws TargetFailure with the first compiler error. */
  build(target: TargetName, sources: ReadonlyMap<string, string>, directory: string): Promise<BuiltTarget>;
  /** Runs images (uint8, one after the other) and writes their int32 little-endian logits. Throws TargetFailure. */
  run(request: RunRequest): Promise<TargetRun>;
  /** Facts about an ELF file for the manifest. Throws TargetFailure when it is not one for `target`. */
  inspect(target: TargetName, bytes: Uint8Array): ElfFacts;
  /** The C header of the libraries. */
  header(): Promise<Uint8Array>;
}

export interface EmittedSources {
  /** C sources by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** Absent: the network runs on the processor. */
  readonly engine?: EngineFacts;
}

/** What the conversion knows of a network on an engine. */
export interface EngineFacts {
  /** The array that it is packed for, `<input channels>x<output channels>`. */
  readonly array: string;
  /** Clock cycles of a run: exact, since nothing in the engine waits for anything that it does not know beforehand. */
  readonly cyclesPerImage: number;
  /** Of the image that the engine loads. */
  readonly imageBytes: number;
}

export interface BuiltTarget {
  /** Paths of the static runner, of the shared and of the static library. */
  readonly runner: string;
  readonly library: string;
  readonly archive: string;
  /** The most stack that a run takes; absent: not known. */
  readonly stackBytes?: number;
}

export interface RunRequest {
  readonly target: TargetName;
  readonly runner: string;
  readonly imagesFile: string;
  readonly logitsFile: string;
  readonly timeoutSeconds: number;
}

export interface TargetRun {
  readonly millisecondsPerImage: number;
  readonly emulated: boolean;
}

export interface ElfFacts {
  readonly elf: Readonly<Record<string, unknown>>;
  /** Exported symbols, sorted. */
  readonly symbols: readonly string[];
}

/** One target could not be built or run; the others go on. */
export class TargetFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'TargetFailure';
    this.code = code;
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IntegerModel, runReferenceBatch } from '@dropforge/quantized-inference';
import type { TargetName } from '../targets/index.ts';
import { sha256 } from './digest.ts';
import type { EvaluationSet } from './evaluation.ts';
import { type ElfFacts, type EngineFacts, TargetFailure, type TargetRun, type Toolchain } from './toolchain.ts';

/** A target that was compiled and ran the golden images, or the reason why not. */
export type TargetResult =
  | {
      readonly status: 'ok';
      /** Path of the runner that was verified. */
      readonly runnerPath: string;
      readonly runner: InspectedFile;
      readonly library: InspectedFile;
      /** The static library. */
      readonly archive: InspectedFile;
      readonly stackBytes: number | undefined;
      readonly engine: EngineFacts | undefined;
      readonly golden: GoldenRun;
    }
  | { readonly status: 'failed'; readonly error: TargetError };

export interface TargetError {
  readonly code: string;
  readonly message: string;
}

export interface InspectedFile {
  readonly bytes: Uint8Array;
  readonly facts: ElfFacts;
}

export interface GoldenRun extends TargetRun {
  /** int32 little-endian, golden images x classes. */
  readonly logits: Buffer;
  readonly sha256: string;
  /** Images whose logits equal the reference's bit for bit. */
  readonly agreeing: number;
  /** Index of the first image that differs. */
  readonly firstDifference?: number;
}

/** Seconds for an image on the slowest emulated target, and for starting the emulator; beyond them it hangs. */
const SECONDS_PER_IMAGE = 5;
const START_SECONDS = 60;
/** For an image on a simulated engine, and for building its simulator. */
const ENGINE_SECONDS_PER_IMAGE = 60;

export interface Verifier {
  readonly toolchain: Toolchain;
  readonly model: IntegerModel;
  readonly evaluation: EvaluationSet;
  readonly classes: number;
  /** The reference's logits of the golden images. */
  readonly reference: Buffer;
  readonly directory: string;
}

/** The logits that every target must reproduce, as the bytes that a runner writes. */
export async function referenceLogits(model: IntegerModel, { goldenFile }: EvaluationSet): Promise<Buffer> {
  return littleEndian(runReferenceBatch(model, await readFile(goldenFile)));
}

/** Compiles `target` and runs the golden images on it. A failure is a result; only faults of ours are thrown. */
export async function buildAndVerify(
  target: TargetName,
  verifier: Verifier,
  onStage: (stage: 'compile' | 'verify') => void,
): Promise<TargetResult> {
  const { toolchain, model, evaluation, directory } = verifier;
  try {
    onStage('compile');
    const { sources, engine } = toolchain.emit(target, model);
    const built = await toolchain.build(target, sources, join(directory, target));
    const runner = await inspected(toolchain, target, built.runner);
    const library = await inspected(toolchain, target, built.library);
    const archive = await inspected(toolchain, target, built.archive);
    onStage('verify');
    const logitsFile = join(directory, `${target}.golden.i32`);
    const { goldenImages: images, goldenFile: imagesFile } = evaluation;
    const timeoutSeconds = START_SECONDS + (engine ? ENGINE_SECONDS_PER_IMAGE : SECONDS_PER_IMAGE) * images;
    const run = await toolchain.run({ target, runner: built.runner, imagesFile, logitsFile, timeoutSeconds });
    const logits = await readLogits(logitsFile, images * verifier.classes);
    const golden = { ...run, logits, sha256: sha256(logits), ...compared(logits, verifier) };
    const { runner: runnerPath, stackBytes } = built;
    return { status: 'ok', runnerPath, runner, library, archive, golden, stackBytes, engine };
  } catch (error) {
    if (!(error instanceof TargetFailure)) throw error;
    return { status: 'failed', error: errorOf(error) };
  }
}

async function inspected(toolchain: Toolchain, target: TargetName, path: string): Promise<InspectedFile> {
  const bytes = await readFile(path);
  return { bytes, facts: toolchain.inspect(target, bytes) };
}

/** Reads `count` int32 logits; refuses a file of another size, which a runner that died halfway leaves. */
export async function readLogits(path: string, count: number): Promise<Buffer> {
  const logits = await readFile(path).catch(() => Buffer.alloc(0));
  if (logits.length === count * 4) return logits;
  throw new TargetFailure('RUN_FAILED', `The runner wrote ${logits.length} bytes of logits instead of ${count * 4}.`);
}

function compared(logits: Buffer, { reference, classes }: Verifier): { agreeing: number; firstDifference?: number } {
  const bytes = classes * 4;
  const differing: number[] = [];
  for (let image = 0; image * bytes < reference.length; image++) {
    const range = [image * bytes, (image + 1) * bytes] as const;
    if (!logits.subarray(...range).equals(reference.subarray(...range))) differing.push(image);
  }
  const agreeing = reference.length / bytes - differing.length;
  const [firstDifference] = differing;
  return { agreeing, ...(firstDifference !== undefined && { firstDifference }) };
}

export function errorOf({ code, message }: TargetFailure): TargetError {
  return { code, message };
}

function littleEndian(logits: Int32Array): Buffer {
  const bytes = Buffer.alloc(logits.length * 4);
  for (const [index, logit] of logits.entries()) bytes.writeInt32LE(logit, index * 4);
  return bytes;
}

import { join } from 'node:path';
import { accuracyOf } from '@dropforge/quantized-inference';
import { TargetFailure } from './toolchain.ts';
import { errorOf, readLogits, type TargetError, type TargetResult, type Verifier } from './verify-targets.ts';

export interface EvaluationRun {
  /** int32 little-endian, images x classes. */
  readonly logits: Buffer;
  /** Share of images whose largest logit is their label, 0 to 1. */
  readonly accuracy: number;
  readonly millisecondsPerImage: number;
}

const SECONDS_PER_IMAGE = 1;
const START_SECONDS = 60;

/** Runs every held-out image on the x86-64 build. Without one, or if it fails, the result is the reason. */
export async function evaluate(x86: TargetResult, verifier: Verifier): Promise<EvaluationRun | TargetError> {
  if (x86.status === 'failed') return x86.error;
  try {
    return await runAll(x86.runnerPath, verifier);
  } catch (error) {
    if (error instanceof TargetFailure) return errorOf(error);
    throw error;
  }
}

async function runAll(runner: string, verifier: Verifier): Promise<EvaluationRun> {
  const { toolchain, evaluation, classes, directory } = verifier;
  const { imagesFile, images, labels } = evaluation;
  const logitsFile = join(directory, 'x86_64.evaluation.i32');
  const timeoutSeconds = START_SECONDS + SECONDS_PER_IMAGE * images;
  const run = await toolchain.run({ target: 'x86_64', runner, imagesFile, logitsFile, timeoutSeconds });
  const logits = await readLogits(logitsFile, images * classes);
  const integers = Int32Array.from({ length: logits.length / 4 }, (_, index) => logits.readInt32LE(index * 4));
  const accuracy = accuracyOf(integers, labels, classes);
  return { logits, accuracy, millisecondsPerImage: run.millisecondsPerImage };
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetName } from '../targets/index.ts';
import type { EvaluationRun } from './evaluate.ts';
import type { EvaluationSet } from './evaluation.ts';
import type { TargetError, TargetResult } from './verify-targets.ts';

export interface VerificationInput {
  readonly evaluation: EvaluationSet;
  readonly evaluationRun: EvaluationRun | TargetError;
  readonly targets: ReadonlyMap<TargetName, TargetResult>;
}

/** Writes the evidence: what each target computed, unchanged, for the judge to compare once more. */
export async function writeVerification(directory: string, input: VerificationInput): Promise<void> {
  const { evaluation, evaluationRun, targets } = input;
  await mkdir(directory, { recursive: true });
  const write = (name: string, bytes: Uint8Array | string): Promise<void> => writeFile(join(directory, name), bytes);
  for (const [target, result] of targets) {
    if (result.status === 'ok') await write(goldenFile(target), result.golden.logits);
  }
  if ('logits' in evaluationRun) await write('x86_64.evaluation.i32', evaluationRun.logits);
  await write('labels.u16', littleEndian(evaluation.labels));
  await write('golden.u8', await readFile(evaluation.goldenFile));
  await write('verification.json', `${JSON.stringify(record(input), null, 2)}\n`);
}

const goldenFile = (target: TargetName): string => `${target}.golden.i32`;

function record({ evaluation, evaluationRun, targets }: VerificationInput): unknown {
  return {
    format: 'dropforge-verification/1',
    evaluationImages: evaluation.images,
    goldenImages: evaluation.goldenImages,
    trainerAccuracy: evaluation.trainerAccuracy,
    // null: the x86-64 build that evaluates is missing or failed, so nothing was measured.
    ...('accuracy' in evaluationRun
      ? { accuracy: evaluationRun.accuracy }
      : { accuracy: null, accuracyError: evaluationRun }),
    targets: Object.fromEntries([...targets].map(([target, result]) => [target, targetRecord(target, result)])),
  };
}

function targetRecord(target: TargetName, result: TargetResult): unknown {
  if (result.status === 'failed') return { ran: false, error: result.error };
  const { engine } = result;
  const { sha256, agreeing, firstDifference, millisecondsPerImage, emulated } = result.golden;
  return {
    ran: true,
    golden: { file: goldenFile(target), sha256, agreeing, ...(firstDifference !== undefined && { firstDifference }) },
    millisecondsPerImage,
    emulated,
    ...(engine && { engine }),
  };
}

function littleEndian(labels: Uint16Array): Buffer {
  const bytes = Buffer.alloc(labels.length * 2);
  for (const [index, label] of labels.entries()) bytes.writeUInt16LE(label, index * 2);
  return bytes;
}

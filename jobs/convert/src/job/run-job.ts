import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type IntegerModel, writeModel } from '@dropforge/quantized-inference';
import { convertModel } from '../convert-model.ts';
import type { TargetName } from '../targets/index.ts';
import { type ConversionConfig, readConfig } from './config.ts';
import { sha256 } from './digest.ts';
import { evaluate } from './evaluate.ts';
import { type EvaluationSet, openEvaluation } from './evaluation.ts';
import { classify, cutMessage, JobFailure } from './job-failure.ts';
import { type JobLayout, jobLayout } from './layout.ts';
import { packageFiles } from './package-files.ts';
import { createProgress, type Progress } from './progress.ts';
import { readModelArchive } from './read-archive.ts';
import type { Toolchain } from './toolchain.ts';
import { buildAndVerify, referenceLogits, type TargetResult, type Verifier } from './verify-targets.ts';
import { writeArtifact } from './write-artifact.ts';
import { writeVerification } from './write-verification.ts';

/**
 * Runs the whole conversion job under `root`: archive and configuration in, artifact and verification out.
 * Returns the exit code: 0 when at least one target was built and ran. The exit message says what happened.
 */
export async function runJob(root: string, toolchain: Toolchain, write: (line: string) => void): Promise<number> {
  const layout = jobLayout(root);
  const scratch = await mkdtemp(join(tmpdir(), 'dropforge-convert-'));
  try {
    await writeMessage(layout, await convert(layout, scratch, toolchain, write));
    return 0;
  } catch (error) {
    const failure = classify(error);
    write(`error ${failure.code}: ${failure.message} ${failure.action}`);
    if (failure.failure === 'bug' && error instanceof Error) write(error.stack ?? '');
    await writeMessage(layout, failure.toJson());
    return 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Leaves `text` where SageMaker reads the exit message. */
export async function writeMessage({ message }: Pick<JobLayout, 'message'>, text: string): Promise<void> {
  await mkdir(dirname(message), { recursive: true });
  await writeFile(message, cutMessage(text));
}

async function convert(
  layout: JobLayout,
  scratch: string,
  toolchain: Toolchain,
  write: (line: string) => void,
): Promise<string> {
  const config = await readConfig(layout.config);
  const progress = createProgress(5 + 2 * config.targets.length, write);
  progress.step('read');
  const { model, evaluation } = await readInputs(layout, scratch, config, progress);
  progress.step('reference');
  const reference = await referenceLogits(model, evaluation);
  const classes = model.classes.length;
  const verifier: Verifier = { toolchain, model, evaluation, classes, reference, directory: scratch };
  const targets = new Map<TargetName, TargetResult>();
  for (const target of config.targets) {
    targets.set(target, await buildAndVerify(target, verifier, (stage) => progress.step(stage, target)));
  }
  progress.step('evaluate');
  const x86 = targets.get('x86_64') ?? (await buildAndVerify('x86_64', verifier, () => undefined));
  const evaluationRun = await evaluate(x86, verifier);
  progress.step('package');
  const modelFile = writeModel(model);
  const goldenImages = await readFile(evaluation.goldenFile);
  const modelDigest = sha256(modelFile);
  const input = { config, model, modelFile, modelDigest, goldenImages, goldenLogits: reference, targets };
  await writeArtifact(layout.artifact, input, await packageFiles(input, toolchain));
  await writeVerification(layout.verification, { evaluation, evaluationRun, targets });
  return summary(targets, evaluation.goldenImages, 'accuracy' in evaluationRun ? evaluationRun.accuracy : undefined);
}

async function readInputs(
  layout: JobLayout,
  scratch: string,
  config: ConversionConfig,
  progress: Progress,
): Promise<{ model: IntegerModel; evaluation: EvaluationSet }> {
  const found = await readModelArchive(layout.modelArchive, scratch);
  if (!found.has('model.onnx')) {
    const action = 'Give the model.tar.gz that the training job wrote.';
    throw new JobFailure('data', 'ARCHIVE_INVALID', 'The model archive holds no model.onnx.', action);
  }
  progress.step('convert');
  const { classes, datasetDigest, training } = config;
  const record = { datasetDigest, training }; // not the run: equal inputs of two runs give one model
  const model = convertModel(await readFile(join(scratch, 'model.onnx')), { classes, record });
  return { model, evaluation: await openEvaluation(scratch, model) };
}

/** The exit message of a job that converted something; throws when every target failed. */
function summary(targets: ReadonlyMap<TargetName, TargetResult>, images: number, accuracy: number | undefined): string {
  const results = [...targets];
  const [first] = results;
  if (first && results.every(([, { status }]) => status === 'failed')) {
    const [target, result] = first;
    const { code, message } = result.status === 'failed' ? result.error : { code: 'NO_TARGET', message: '' };
    const action = 'Install what is missing or correct the source named in the log, then start a new job.';
    throw new JobFailure('bug', code, `No target could be built. ${target}: ${message}`, action);
  }
  const share = accuracy === undefined ? 'not measured' : accuracy.toFixed(4);
  return [`converted; accuracy of the integer model ${share}`, ...results.map((entry) => line(entry, images))].join(
    '\n',
  );
}

function line([target, result]: [TargetName, TargetResult], images: number): string {
  if (result.status === 'failed') return `${target}: failed, ${result.error.code}: ${result.error.message}`;
  return `${target}: ok, ${result.golden.agreeing} of ${images} golden images agree with the reference`;
}

import { Target } from '@dropforge/events';
import {
  accuracyOf,
  compareLogits,
  decideGate,
  type GateDecision,
  type GatePolicy,
  type IntegerModel,
  type KernelModules,
  type LogitComparison,
  readModel,
  runReferenceBatch,
  type TargetEvidence,
} from '@dropforge/quantized-inference';
import { deviceEvidence } from './device-evidence.ts';
import { EvidenceError } from './evidence-error.ts';
import { kernelEvidence } from './kernel-evidence.ts';
import type { Evidence } from './read-evidence.ts';

/**
 * Recomputes the golden images with the reference executor, compares every target and the kernels with it bit for bit,
 * computes the accuracy from the evaluation logits and decides the gate. Nothing that the conversion claims is taken on trust.
 */
export async function judgeModel(
  evidence: Evidence,
  policy: GatePolicy,
  kernels: KernelModules,
): Promise<{ model: IntegerModel; accuracy: number; decision: GateDecision }> {
  const model = readModel(evidence.model);
  checkManifest(model, evidence);
  checkEvaluation(model, evidence);
  const classes = model.classes.length;
  const pixels = goldenPixels(model, evidence);
  const expected = runReferenceBatch(model, pixels);
  const native = nativeComparison(expected, evidence, classes);
  // Nobody measured it, or with another network: the gate lets nothing through whose accuracy is not a number.
  const accuracy =
    evidence.evaluationLogits && native?.agree
      ? accuracyOf(evidence.evaluationLogits, evidence.labels, classes)
      : Number.NaN;
  const targets = Object.fromEntries(
    Target.options
      .filter((target) => evidence.manifest.targets[target])
      .map((target) => [target, targetEvidence(target, evidence, expected, classes)]),
  );
  const decision = decideGate(policy, {
    targets: { ...targets, ...(native && !native.agree ? { x86_64: { status: 'ran', golden: native } } : {}) },
    kernels: await kernelEvidence(model, pixels, expected, kernels),
    devices: deviceEvidence(evidence),
    accuracy,
    trainerAccuracy: evidence.verification.trainerAccuracy ?? null,
    modelBytes: evidence.model.length,
    artifactBytes: evidence.artifact.length,
  });
  return { model, accuracy, decision };
}

/** The release repeats these two, and devices believe it. */
function checkManifest(model: IntegerModel, { manifest }: Evidence): void {
  const { height, width, channels } = model.input;
  const says = JSON.stringify([manifest.classes, manifest.input.height, manifest.input.width, manifest.input.channels]);
  if (says === JSON.stringify([model.classes, height, width, channels])) return;
  const message = 'The manifest names other classes or another input size than the model.';
  throw new EvidenceError('MANIFEST_DISAGREES', message, 'manifest.json');
}

function checkEvaluation(model: IntegerModel, { evaluationLogits, labels, verification }: Evidence): void {
  const { evaluationImages, goldenImages } = verification;
  const logits = evaluationLogits?.length ?? evaluationImages * model.classes.length;
  const fits = logits === evaluationImages * model.classes.length && goldenImages <= evaluationImages;
  if (fits && labels.length === evaluationImages) return;
  throw new EvidenceError(
    'EVALUATION_SIZE',
    `The labels or the logits are not those of ${evaluationImages} evaluation images, ${goldenImages} of them golden.`,
    'x86_64.evaluation.i32',
  );
}

function goldenPixels(model: IntegerModel, { golden, verification }: Evidence): Uint8Array {
  const { height, width, channels } = model.input;
  if (golden.length === verification.goldenImages * height * width * channels) return golden;
  throw new EvidenceError(
    'GOLDEN_SIZE',
    `The golden images do not have the size of ${verification.goldenImages} inputs of the model.`,
    'golden.u8',
  );
}

function targetEvidence(
  target: Target,
  { manifest, verification, goldenLogits }: Evidence,
  expected: Int32Array,
  classes: number,
): TargetEvidence {
  const logits = goldenLogits.get(target);
  if (logits) return { status: 'ran', golden: compareLogits(expected, logits, classes) };
  const error = manifest.targets[target]?.error ?? verification.targets[target]?.error;
  return {
    status: 'failed',
    code: error?.code ?? 'TARGET_NOT_RUN',
    message: error?.message ?? 'It was built but did not run.',
  };
}

/** The evaluation logits begin with the golden images: where they differ from the reference, the accuracy means nothing. */
function nativeComparison(
  expected: Int32Array,
  { evaluationLogits }: Evidence,
  classes: number,
): LogitComparison | undefined {
  return evaluationLogits && compareLogits(expected, evaluationLogits.subarray(0, expected.length), classes);
}

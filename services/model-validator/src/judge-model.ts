import {
  accuracyOf,
  compareLogits,
  decideGate,
  type GateDecision,
  type GatePolicy,
  type IntegerModel,
  readModel,
  runReferenceBatch,
  type TargetEvidence,
} from '@dropforge/quantized-inference';
import { EvidenceError } from './evidence-error.ts';
import type { Evidence } from './read-evidence.ts';

/**
 * Recomputes the golden images with the reference executor, compares every target with it bit for bit, computes the
 * accuracy from the evaluation logits and decides the gate. Nothing that the conversion claims is taken on trust.
 */
export function judgeModel(
  evidence: Evidence,
  policy: GatePolicy,
): { model: IntegerModel; accuracy: number; decision: GateDecision } {
  const model = readModel(evidence.model);
  const classes = model.classes.length;
  const expected = runReferenceBatch(model, goldenPixels(model, evidence));
  // Nobody measured it: the gate lets nothing through whose accuracy is not a number.
  const accuracy = evidence.evaluationLogits
    ? accuracyOf(evidence.evaluationLogits, evidence.labels, classes)
    : Number.NaN;
  const targets = Object.fromEntries(
    Object.keys(evidence.manifest.targets).map((target) => [
      target,
      targetEvidence(target, evidence, expected, classes),
    ]),
  );
  const native = nativeEvidence(expected, evidence, classes);
  const decision = decideGate(policy, {
    targets: { ...targets, ...(native ? { x86_64: native } : {}) },
    accuracy,
    trainerAccuracy: evidence.verification.trainerAccuracy ?? null,
    modelBytes: evidence.model.length,
    artifactBytes: evidence.artifact.length,
  });
  return { model, accuracy, decision };
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
  target: string,
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
function nativeEvidence(
  expected: Int32Array,
  { evaluationLogits }: Evidence,
  classes: number,
): TargetEvidence | undefined {
  if (!evaluationLogits) return undefined;
  const golden = compareLogits(expected, evaluationLogits.slice(0, expected.length), classes);
  return golden.agree ? undefined : { status: 'ran', golden };
}

import {
  type AnyEvent,
  type conversionCompleted,
  type EventOf,
  modelRejected,
  modelValidated,
  type Reason,
  Target,
} from '@dropforge/events';
import { bucketKeys, type Run } from '@dropforge/pipeline-state';
import { type GateCheck, type GateDecision, ModelFileError } from '@dropforge/quantized-inference';
import { EvidenceError } from './evidence-error.ts';
import { judgeModel } from './judge-model.ts';
import type { Ports } from './ports.ts';
import { type Evidence, readEvidence, sha256 } from './read-evidence.ts';
import { readPolicy } from './read-policy.ts';

/** Decides whether a converted model may go to devices, and freezes it under `models/` if so. */
export async function validateModel(
  event: EventOf<typeof conversionCompleted>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent> {
  const { runId, project, attempt, artifactPrefix, verificationPrefix, manifestDigest } = event.data;
  const subject = { runId, project, attempt };
  try {
    const policy = await readPolicy(run, ports);
    const evidence = await readEvidence(artifactPrefix, verificationPrefix, manifestDigest, ports);
    checkDataset(evidence, run, artifactPrefix);
    const { accuracy, decision } = await judgeModel(evidence, policy.gates, await ports.readKernels());
    const { modelDigest } = evidence.manifest;
    if (!decision.passed) {
      const decisionKey = `${verificationPrefix}decision.json`;
      await writeJson(decisionKey, decision, ports);
      return modelRejected.of({ ...subject, reasons: reasonsOf(decision, evidence), decisionKey });
    }
    const modelId = modelIdOf(project, modelDigest, runId);
    await release({ modelId, runId, attempt, createdAt: run.updatedAt }, evidence, decision, ports);
    return modelValidated.of({
      ...subject,
      modelId,
      modelDigest,
      accuracy,
      targets: deliverableTargets(decision),
      decisionKey: `${bucketKeys.release(modelId)}decision.json`,
      deployment: policy.deployment,
    });
  } catch (error) {
    const reason = refusal(error, artifactPrefix);
    if (!reason) throw error;
    return modelRejected.of({ ...subject, reasons: [reason] });
  }
}

/** What an earlier run left in the place of this one's artifact was made from other images. */
function checkDataset({ manifest }: Evidence, run: Run, artifactPrefix: string): void {
  const dataset = run.facts['config.rendered']?.dataset;
  if (dataset === undefined || dataset === manifest.datasetDigest) return;
  const message = 'The manifest names another dataset than the one that the run was trained on.';
  throw new EvidenceError('MANIFEST_DISAGREES', message, `${artifactPrefix}manifest.json`);
}

/** Unfit input is an outcome; anything else is trouble and is thrown on. */
function refusal(error: unknown, artifactPrefix: string): Reason | undefined {
  const action = 'Retry the run; if it happens again, the conversion image is at fault.';
  const where =
    error instanceof EvidenceError
      ? error.where
      : error instanceof ModelFileError
        ? `${artifactPrefix}model.safetensors`
        : undefined;
  if (where === undefined) return undefined;
  const { code, message } = error as EvidenceError | ModelFileError; // nothing else has a place
  // A hostile file chooses the names that stand in a message.
  return { code, message: message.slice(0, sentenceMaximum), where, action };
}

function reasonsOf(decision: GateDecision, { verification }: Evidence): Reason[] {
  const isMeasured = !Number.isNaN(decision.evidence.accuracy);
  const failed = decision.checks.filter(({ name, passed }) => !passed && (isMeasured || !name.startsWith('accuracy')));
  const reasons = failed.flatMap((check) =>
    check.name.startsWith('device:') ? misfits(check, decision) : [reason(check, decision)],
  );
  if (isMeasured) return reasons;
  const why = verification.accuracyError?.message ?? 'the native build is missing, or is not the model.';
  return [
    ...reasons,
    {
      code: 'ACCURACY_NOT_MEASURED',
      message: `Nobody knows the accuracy of the converted model: ${why}`.slice(0, sentenceMaximum),
      where: 'accuracy',
      action: 'See to it that the x86_64 target builds, then retry the run.',
    },
  ];
}

function reason({ name, message }: GateCheck, decision: GateDecision): Reason {
  return {
    code: codeOf(name, decision),
    message: message.slice(0, sentenceMaximum),
    where: name,
    action: actionOf(name),
  };
}

/** One reason for each thing that is wrong with a target's files: the code says which. */
function misfits(check: GateCheck, { evidence }: GateDecision): Reason[] {
  const { faults = [] } = evidence.devices[check.name.slice('device:'.length)] ?? {};
  if (faults.length === 0)
    return [{ code: 'FILE_MISSING', message: check.message, where: check.name, action: actionOf(check.name) }];
  return faults.slice(0, faultsMaximum).map(({ code, message, path }) => ({
    code,
    message: message.slice(0, sentenceMaximum),
    where: path ? `${check.name} ${path}` : check.name,
    action: actionOf(check.name),
  }));
}

/** What a person can do about a check that failed. */
function actionOf(check: string): string {
  if (check.startsWith('target:'))
    return 'Read the conversion log, or leave the target out of targets and gates.requiredTargets in the recipe.';
  if (check.startsWith('kernels:'))
    return 'Report it: the kernels for this network are wrong, and so would be what a page shows.';
  if (check.startsWith('device:'))
    return 'Retry the run; if it happens again, the conversion image is at fault: "dropforge inspect" tells what is in a file.';
  if (check === 'accuracy') return 'Train longer or on more images, or lower gates.minimumAccuracy in the recipe.';
  if (check === 'accuracy-drop')
    return 'Report it: conversion should cost nothing. gates.maximumAccuracyDrop in the recipe allows more.';
  return 'Use a smaller network.width, or raise the limit under gates in the recipe.';
}

/** What events allow for one. */
const sentenceMaximum = 1_000;
/** Of one target: an event holds 20 reasons in all, the decision in the bucket every one. */
const faultsMaximum = 3;

function codeOf(check: string, { evidence }: GateDecision): string {
  if (check.startsWith('kernels:')) return 'KERNELS_DISAGREE';
  if (!check.startsWith('target:')) return check.toUpperCase().replaceAll('-', '_');
  const target = evidence.targets[check.slice('target:'.length)];
  if (target?.status !== 'ran') return 'TARGET_FAILED';
  return target.golden.agree ? 'GOLDEN_IMAGES_TOO_FEW' : 'TARGET_DISAGREES';
}

/** The run is in the name: two runs that give the same integers are still two releases. */
function modelIdOf(project: string, modelDigest: string, runId: string): string {
  const slug =
    project
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'model';
  return `${slug}-${modelDigest.slice(0, 8)}-${runId.slice(4, 10)}`;
}

/** The gate asks for the required targets only; another one that computes something else, or does not fit, goes nowhere. */
function deliverableTargets({ evidence }: GateDecision): Target[] {
  return Target.options.filter((target) => {
    const found = evidence.targets[target];
    const device = evidence.devices[target];
    const fits = device !== undefined && device.files.length > 0 && device.faults.length === 0;
    return found?.status === 'ran' && found.golden.agree && fits;
  });
}

/** Everything that a device or a person needs, under a name that never changes its meaning; `release.json` comes last. */
async function release(
  { modelId, runId, attempt, createdAt }: { modelId: string; runId: string; attempt: number; createdAt: string },
  { manifest, manifestFile, artifact, model }: Evidence,
  decision: GateDecision,
  ports: Ports,
): Promise<void> {
  const at = bucketKeys.release(modelId);
  await ports.writeFile(`${at}output.tar.gz`, artifact, 'application/gzip');
  await ports.writeFile(`${at}model.safetensors`, model, 'application/octet-stream');
  await writeJson(`${at}decision.json`, decision, ports);
  const { modelDigest, datasetDigest, classes, input, targets } = manifest;
  const files = [...manifest.files, manifestFile];
  const described = { modelDigest, datasetDigest, artifactDigest: sha256(artifact), classes, input, targets, files };
  await writeJson(
    `${at}release.json`,
    { format: 'dropforge-release/1', modelId, runId, attempt, createdAt, ...described },
    ports,
  );
}

async function writeJson(key: string, value: unknown, ports: Ports): Promise<void> {
  await ports.writeFile(key, Buffer.from(`${JSON.stringify(value, null, 2)}\n`), 'application/json');
}

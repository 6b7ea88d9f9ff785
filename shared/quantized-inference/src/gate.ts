/** The gate: may this converted model go to devices? The policy is data, and the decision keeps its inputs. */
import type { LogitComparison } from './compare.ts';

export interface GatePolicy {
  /** Targets that must have run and agreed. Others may fail without closing the gate. */
  readonly requiredTargets: readonly string[];
  /** Fewest golden images that count as evidence. */
  readonly minimumGoldenImages: number;
  /** Of the integer model on the evaluation images, 0 to 1. */
  readonly minimumAccuracy: number;
  /** Largest accepted `trainerAccuracy - accuracy`, 0 to 1. */
  readonly maximumAccuracyDrop: number;
  readonly maximumModelBytes: number;
  readonly maximumArtifactBytes: number;
}

export interface GateEvidence {
  /** By target name. A target that is not here did not run. */
  readonly targets: Readonly<Record<string, TargetEvidence>>;
  /** By build of the WebAssembly kernels, which ran in the gate itself. One that could not run here closes nothing. */
  readonly kernels?: Readonly<Record<string, TargetEvidence>>;
  /** By target name: its files, read without running them, and what keeps them from the devices of the target. */
  readonly devices: Readonly<Record<string, DeviceEvidence>>;
  /** Of the integer model on the evaluation images, 0 to 1. */
  readonly accuracy: number;
  /** What the trainer measured before conversion; null when it is unknown, as for a model from elsewhere. */
  readonly trainerAccuracy: number | null;
  readonly modelBytes: number;
  readonly artifactBytes: number;
}

/** Golden logits of a target or of a build of the kernels against the reference, or why there are none. */
export type TargetEvidence =
  | { readonly status: 'ran'; readonly golden: LogitComparison }
  | { readonly status: 'failed'; readonly code: string; readonly message: string };

/** What the files of a target say about themselves, against the profile of its devices. */
export interface DeviceEvidence {
  readonly files: readonly {
    readonly path: string;
    readonly sha256: string;
    readonly bytes: number;
    /** The most memory that it takes at work; null: it could not be read. */
    readonly memoryBytes: number | null;
  }[];
  /** None: every file fits. */
  readonly faults: readonly { readonly code: string; readonly message: string; readonly path: string }[];
}

export interface GateDecision {
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
  readonly policy: GatePolicy;
  readonly evidence: GateEvidence;
}

export interface GateCheck {
  /** `target:<name>`, `kernels:<build>`, `device:<name>`, `accuracy`, `accuracy-drop`, `model-size` or `artifact-size`. */
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
  /** One sentence for people. */
  readonly message: string;
}

/** What holds unless a recipe says otherwise. */
export const defaultGatePolicy: GatePolicy = {
  requiredTargets: ['x86_64', 'aarch64', 'armv7l'],
  minimumGoldenImages: 1,
  minimumAccuracy: 0,
  maximumAccuracyDrop: 0.02,
  maximumModelBytes: 16 * 1024 * 1024,
  maximumArtifactBytes: 64 * 1024 * 1024,
};

/** Runs every check, also after one has failed, so that all reasons are told at once. */
export function decideGate(policy: GatePolicy, evidence: GateEvidence): GateDecision {
  const checks = [
    ...policy.requiredTargets.map((target) => checkTarget(target, policy, evidence.targets[target])),
    ...Object.entries(evidence.kernels ?? {}).flatMap(([build, kernels]) => checkKernels(build, kernels)),
    // Of a target that could not be built there is nothing to look at, and its own check says so.
    ...policy.requiredTargets
      .filter((target) => evidence.targets[target]?.status === 'ran')
      .map((target) => checkDevice(target, evidence.devices[target])),
    checkAccuracy(policy, evidence),
    checkAccuracyDrop(policy, evidence),
    checkSize('model-size', 'The model file', evidence.modelBytes, policy.maximumModelBytes),
    checkSize('artifact-size', 'The artifact', evidence.artifactBytes, policy.maximumArtifactBytes),
  ];
  return { passed: checks.every((check) => check.passed), checks, policy, evidence };
}

function checkTarget(target: string, policy: GatePolicy, evidence: TargetEvidence | undefined): GateCheck {
  const name = `target:${target}`;
  const expected = `all logits of at least ${policy.minimumGoldenImages} golden images equal`;
  if (evidence === undefined) {
    return { name, passed: false, expected, actual: 'did not run', message: `Target ${target} did not run.` };
  }
  if (evidence.status === 'failed') {
    const message = `Target ${target} failed: ${evidence.message}`;
    return { name, passed: false, expected, actual: evidence.code, message };
  }
  const { agree, images } = evidence.golden;
  const actual = equalImages(evidence.golden);
  if (agree && images < policy.minimumGoldenImages) {
    return { name, passed: false, expected, actual, message: `Target ${target} ran on too few golden images.` };
  }
  return { name, passed: agree, expected, actual, message: `Target ${target} ${verdict(evidence.golden)}` };
}

/** Whether it ran at all is the machine's affair, not the model's: then there is no check. */
function checkKernels(build: string, evidence: TargetEvidence): GateCheck[] {
  if (evidence.status === 'failed') return [];
  const { golden } = evidence;
  const expected = 'all logits of the golden images equal';
  const message = `The ${build} build of the kernels ${verdict(golden)}`;
  return [{ name: `kernels:${build}`, passed: golden.agree, expected, actual: equalImages(golden), message }];
}

function equalImages({ images, differingImages }: LogitComparison): string {
  return `${images - differingImages} of ${images} images equal`;
}

function verdict({ agree, images, differingImages, firstDifference }: LogitComparison): string {
  if (agree) return `agrees with the reference on ${images} golden images.`;
  const where = firstDifference ? `, first in image ${firstDifference.image}, class ${firstDifference.class}` : '';
  return `differs from the reference in ${differingImages} of ${images} golden images${where}.`;
}

function checkDevice(target: string, evidence: DeviceEvidence | undefined): GateCheck {
  const base = { name: `device:${target}`, expected: "every file fits the device's profile" };
  const [fault, ...more] = evidence?.faults ?? [];
  if (!evidence || evidence.files.length === 0)
    return { ...base, passed: false, actual: 'no file', message: `The artifact has no file for ${target}.` };
  const actual = `${evidence.files.length} files, ${evidence.faults.length} faults`;
  if (!fault) return { ...base, passed: true, actual, message: `The files for ${target} fit its devices.` };
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  const message = `A file for ${target} does not fit its devices: ${fault.path}: ${fault.message}${others}`;
  return { ...base, passed: false, actual, message };
}

function checkAccuracy({ minimumAccuracy }: GatePolicy, { accuracy }: GateEvidence): GateCheck {
  // Written so that NaN fails.
  const passed = accuracy >= minimumAccuracy;
  const verb = passed ? 'reaches' : 'misses';
  return {
    name: 'accuracy',
    passed,
    expected: `at least ${percent(minimumAccuracy)}`,
    actual: percent(accuracy),
    message: `The converted model's accuracy of ${percent(accuracy)} ${verb} the minimum of ${percent(minimumAccuracy)}.`,
  };
}

function checkAccuracyDrop(
  { maximumAccuracyDrop }: GatePolicy,
  { accuracy, trainerAccuracy }: GateEvidence,
): GateCheck {
  const base = { name: 'accuracy-drop', expected: `at most ${percent(maximumAccuracyDrop)}` };
  if (trainerAccuracy === null) {
    return { ...base, passed: true, actual: 'unknown', message: 'The trainer reported no accuracy to compare with.' };
  }
  const drop = trainerAccuracy - accuracy;
  return {
    ...base,
    passed: drop <= maximumAccuracyDrop,
    actual: percent(drop),
    message: `Conversion changed the accuracy from ${percent(trainerAccuracy)} to ${percent(accuracy)}.`,
  };
}

function checkSize(name: string, what: string, bytes: number, maximum: number): GateCheck {
  const passed = bytes <= maximum;
  return {
    name,
    passed,
    expected: `at most ${maximum} bytes`,
    actual: `${bytes} bytes`,
    message: `${what} has ${bytes} bytes, ${passed ? 'within' : 'beyond'} the limit of ${maximum}.`,
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

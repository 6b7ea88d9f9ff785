/** The end of the demo: one table for people, the same as JSON, and whether all of it holds. */
import type { RunView } from '@dropforge/api-contract';
import { secondsOf, stagesOf } from '../runs/stages.ts';
import { formatTable } from '../terminal/table.ts';
import type { DeviceAnswer } from './ask-devices.ts';
import type { Evidence } from './evidence.ts';

export interface DemoReport {
  readonly seconds: number;
  readonly accuracy: number | null;
  readonly stages: { name: string; seconds: number }[];
  readonly targets: Record<string, { agree: boolean; images: number; ms: number | null; cycles?: number }>;
  readonly devices: { name: string; arch: string; modelDigest: string; predictions: string[] }[];
}

export interface DemoResult {
  readonly run: RunView;
  readonly model: NonNullable<RunView['model']>;
  readonly evidence: Evidence;
  readonly devices: readonly DeviceAnswer[];
  readonly seconds: number;
  readonly artifacts: string;
  readonly directory: string;
}

/** Fewer right answers than this on the test images mean that something is broken. */
export const leastAccuracy = 0.85;
/** More where there is a simulated engine. */
const deviceCount = 2;

/** What to do where training was too short, which on a slow or busy machine it is. */
export function moreTime(seconds: number): string {
  return `The demo trains by the clock, and this machine got too few steps into ${seconds} s: npm run demo -- --seconds ${seconds * 4}`;
}

export function conclude(result: DemoResult): { text: string; report: DemoReport; holds: boolean } {
  const { run, evidence, devices, seconds } = result;
  const faults = findFaults(result);
  const report = {
    seconds: round(seconds),
    accuracy: evidence.accuracy,
    stages: stagesOf(run).map((stage) => ({ name: stage.name, seconds: round(secondsOf(stage, new Date())) })),
    targets: Object.fromEntries(
      Object.entries(evidence.targets).map(([name, { agree, images, ms, engine }]) => [
        name,
        { agree, images, ms, ...(engine && { cycles: engine.cyclesPerImage }) },
      ]),
    ),
    devices: devices.map(({ name, arch, modelDigest, predictions }) => ({ name, arch, modelDigest, predictions })),
  };
  return { text: render(result, report, faults), report, holds: faults.length === 0 };
}

function findFaults({ model, evidence, devices }: DemoResult): string[] {
  const { accuracy, targets } = evidence;
  const faults = Object.entries(targets)
    .filter(([, { agree }]) => !agree)
    .map(([name]) => `${name} does not agree with the reference`);
  if (accuracy === null || accuracy < leastAccuracy) faults.push(`the accuracy is below ${leastAccuracy * 100} %`);
  if (devices.length < deviceCount) faults.push(`${devices.length} of ${deviceCount} devices answered`);
  for (const { name, modelDigest } of devices)
    if (modelDigest !== model.modelDigest) faults.push(`${name} runs another model`);
  if (new Set(devices.map(({ logits }) => JSON.stringify(logits))).size > 1)
    faults.push('the devices computed different logits');
  return faults;
}

function render(
  { run, model, evidence, devices, seconds, artifacts, directory }: DemoResult,
  report: DemoReport,
  faults: string[],
): string {
  const { accuracy, evaluationImages, targets, labels, classes } = evidence;
  const truth = Array.from(
    { length: devices[0]?.predictions.length ?? 0 },
    (_, index) => classes[labels[index] ?? -1] ?? '?',
  );
  return [
    '',
    'Stages',
    ...table([
      ...report.stages.map((stage) => [stage.name, `${stage.seconds.toFixed(1)} s`]),
      ['everything', `${seconds.toFixed(1)} s`],
    ]),
    '',
    `Accuracy  ${accuracy === null ? 'unknown' : `${(accuracy * 100).toFixed(2)} %`} of ${evaluationImages.toLocaleString('en')} held-out images, measured with the integer model`,
    '',
    'Targets',
    ...table([
      ['target', 'agreement with the reference', 'per inference', ''],
      ...Object.entries(targets).map(([name, { agree, images, ms, emulated, engine }]) => [
        name,
        agree ? `${images} of ${images} images, bit for bit` : 'DIFFERS',
        engine ? `${engine.cyclesPerImage.toLocaleString('en')} cycles` : ms === null ? '–' : `${ms.toFixed(3)} ms`,
        engine ? `(under qemu-user, on a simulated engine of ${engine.array})` : emulated ? '(under qemu-user)' : '',
      ]),
    ]),
    '',
    'Devices',
    ...table([
      ['device', 'architecture', ...truth.map((_, index) => `image ${index + 1}`)],
      ...devices.map(({ name, arch, predictions }) => [name, arch, ...predictions]),
      ['truth', '', ...truth],
    ]),
    '',
    `Model     ${model.modelId} (${model.modelDigest.slice(0, 12)}…)`,
    `Artifacts ${artifacts} and s3://…/runs/${run.runId}/, kept in ${directory}`,
    '',
    faults.length === 0 ? 'All of it holds.' : `Not all of it holds: ${faults.join('; ')}.`,
  ].join('\n');
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

function table(rows: readonly (readonly string[])[]): string[] {
  return formatTable(rows).map((line) => `  ${line}`);
}

import {
  type AnyEvent,
  deploymentCompleted,
  deploymentFailed,
  deploymentRolledBack,
  deploymentStarted,
  modelValidated,
} from '@dropforge/events';
import type { Device, DeviceVerdict, Run } from '@dropforge/pipeline-state';

/** Events are small: so many reasons travel, the registry of devices holds every one. */
const reasonsInEvent = 20;

/**
 * How a deployment ended, from what its devices said: undefined while a device has not answered. Only the agent's
 * word about this exact model counts as success, because Greengrass knows processes and no models.
 */
export function deploymentOutcome(run: Run, devices: readonly Device[]): AnyEvent | undefined {
  const deployment = openDeployment(run);
  if (!deployment) return undefined;
  const answers = answersOf(deployment, devices);
  return answers.silent.length > 0 ? undefined : outcomeOf(deployment, answers);
}

/**
 * The same for a deployment that has waited longer than `silenceSeconds`: devices that did not answer count as
 * failed, by name. undefined: it may still wait, or there is no deployment under way.
 */
export function overdueDeployment(
  run: Run,
  devices: readonly Device[],
  now: Date,
  silenceSeconds: number,
): AnyEvent | undefined {
  const deployment = openDeployment(run);
  if (!deployment) return undefined;
  const answers = answersOf(deployment, devices);
  const waitedSeconds = (now.getTime() - Date.parse(deployment.startedAt)) / 1_000;
  if (answers.silent.length > 0 && waitedSeconds < silenceSeconds) return undefined;
  return outcomeOf(deployment, answers, silenceSeconds);
}

interface Deployment {
  readonly about: {
    readonly runId: string;
    readonly project: string;
    readonly attempt: number;
    readonly modelId: string;
  };
  readonly modelDigest: string;
  readonly devices: readonly string[];
  readonly startedAt: string;
}

interface Answers {
  readonly verdicts: ReadonlyMap<string, DeviceVerdict>;
  readonly silent: readonly string[];
  /** Silent devices that meanwhile answered about another run: a later deployment took this one's place. */
  readonly overtaken: ReadonlySet<string>;
}

function openDeployment(run: Run): Deployment | undefined {
  if (run.state !== 'deploying') return undefined;
  const started = deploymentStarted.data.parse(run.facts['deployment.started']);
  const { modelDigest } = modelValidated.data.parse(run.facts['model.validated']);
  const { runId, project, modelId, devices } = started;
  const startedAt = run.history.findLast((entry) => entry.event === 'deployment.started' && entry.to)?.at;
  return {
    about: { runId, project, attempt: run.attempt, modelId },
    modelDigest,
    devices,
    startedAt: startedAt ?? run.updatedAt,
  };
}

function answersOf({ about, modelDigest, devices, startedAt }: Deployment, heard: readonly Device[]): Answers {
  const byThing = new Map(heard.map((device) => [device.thing, device]));
  const verdicts = new Map<string, DeviceVerdict>();
  const overtaken = new Set<string>();
  for (const thing of devices) {
    const verdict = byThing.get(thing)?.verdict;
    if (!verdict) continue;
    const same = verdict.runId === about.runId && verdict.attempt === about.attempt;
    if (same) verdicts.set(thing, checked(verdict, modelDigest));
    else if (verdict.at > startedAt) overtaken.add(thing);
  }
  return { verdicts, silent: devices.filter((thing) => !verdicts.has(thing)), overtaken };
}

/** A device that committed something else than what was approved has failed, whatever it thinks. */
function checked(verdict: DeviceVerdict, modelDigest: string): DeviceVerdict {
  if (verdict.outcome !== 'committed' || verdict.modelDigest === modelDigest) return verdict;
  const message = `The device runs model ${verdict.modelDigest ?? 'of unknown digest'} instead of ${modelDigest}.`;
  return { ...verdict, outcome: 'failed', reason: { code: 'WRONG_MODEL', message } };
}

function outcomeOf({ about, devices }: Deployment, answers: Answers, silenceSeconds = 0): AnyEvent {
  const named = (outcome: string) => devices.filter((thing) => answers.verdicts.get(thing)?.outcome === outcome);
  if (named('committed').length === devices.length) return deploymentCompleted.of({ ...about, devices: [...devices] });
  const reverted = named('reverted');
  const reasons = [
    ...[...reverted, ...named('failed')].map((thing) => reasonOf(thing, answers.verdicts.get(thing))),
    ...answers.silent.map((thing) => silence(thing, answers.overtaken.has(thing), silenceSeconds)),
  ].slice(0, reasonsInEvent);
  if (reverted.length > 0) return deploymentRolledBack.of({ ...about, devices: reverted, reasons });
  return deploymentFailed.of({ ...about, reasons });
}

function reasonOf(thing: string, verdict: DeviceVerdict | undefined) {
  const { code, message, action } = verdict?.reason ?? {
    code: 'UNKNOWN',
    message: 'The device gave no reason.',
  };
  return { code, message: `${thing}: ${message}`.slice(0, 1000), where: thing, ...(action ? { action } : {}) };
}

function silence(thing: string, overtaken: boolean, seconds: number) {
  if (overtaken) {
    return {
      code: 'DEPLOYMENT_OVERTAKEN',
      message: `${thing} was given a later model before it took this one.`,
      where: thing,
    };
  }
  return {
    code: 'DEVICE_SILENT',
    message: `${thing} did not answer within ${spell(seconds)}.`,
    where: thing,
    action: 'Check that the device is switched on, online and a member of the thing group, then retry the run.',
  };
}

function spell(seconds: number): string {
  if (seconds >= 7_200) return `${Math.round(seconds / 3_600)} hours`;
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}

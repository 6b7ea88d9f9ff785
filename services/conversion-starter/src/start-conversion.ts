import {
  type AnyEvent,
  conversionFailed,
  conversionStarted,
  type EventOf,
  type trainingCompleted,
} from '@dropforge/events';
import { bucketKeys, type Run } from '@dropforge/pipeline-state';
import { jobUsd } from '@dropforge/recipe/cost';
import { endConversion } from './end-conversion.ts';
import type { Ports } from './ports.ts';

/** Three targets and their checks took 7 s on two cores; the rest is margin for larger networks and slower starts. */
const estimatedSeconds = 120;

/** Starts the conversion of a trained model. A budget does not stop it: the training is paid for already. */
export async function startConversion(
  event: EventOf<typeof trainingCompleted>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent> {
  const { runId, project, attempt, modelKey } = event.data;
  const jobName = ports.names.of('convert', runId, attempt);
  const usdPerHour = ports.priceOf(ports.instanceType);
  if (usdPerHour !== undefined) {
    const usd = jobUsd({ seconds: estimatedSeconds, instanceCount: 1, usdPerHour });
    await ports.budget.reserve({ project, jobName }, usd, undefined, ports.now());
  }
  const result = await ports.jobs.start({
    jobName,
    runId,
    project,
    attempt,
    modelKey,
    configPrefix: configPrefixOf(run),
    artifactPrefix: bucketKeys.artifact(runId, attempt),
    verificationPrefix: bucketKeys.verification(runId, attempt),
  });
  if (result.kind === 'ended') return endConversion(result.detail, { run, attempt }, ports);
  if (result.kind === 'started') return conversionStarted.of({ runId, project, attempt, jobName });
  await ports.budget.withdraw({ project, jobName }, ports.now());
  return conversionFailed.of({ runId, project, attempt, jobName, reasons: [nameTaken(jobName)] });
}

function nameTaken(where: string) {
  return {
    code: 'JOB_NAME_TAKEN',
    message: `A processing job named ${where} exists and was not started for this run.`,
    where,
    action: 'Retry the run: its next attempt has another name. Two deployments of one account must differ in stage.',
  };
}

/** A retry goes on with the configuration of the attempt that wrote it. */
function configPrefixOf(run: Run): string {
  const key = run.facts['config.rendered']?.configKey;
  if (typeof key !== 'string') throw new Error(`run ${run.runId} was trained without a configuration`);
  return key.slice(0, key.lastIndexOf('/') + 1);
}

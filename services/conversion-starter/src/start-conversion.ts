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

/** A model that was trained may wait so long for somebody else's jobs to end. */
const longestWaitSeconds = 86_400;

/**
 * Starts the conversion of a trained model. A budget does not stop it: the training is paid for already. Where SageMaker
 * takes no more jobs now the run stays where it is, and the reconciler says the same event again every few minutes.
 */
export async function startConversion(
  event: EventOf<typeof trainingCompleted>,
  ports: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
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
  if (result.kind === 'refused') {
    const waited = (ports.now().getTime() - Date.parse(run.updatedAt)) / 1_000;
    if (waited < longestWaitSeconds) return undefined;
    return conversionFailed.of({ runId, project, attempt, jobName, reasons: [notTaken(result, jobName)] });
  }
  return conversionFailed.of({ runId, project, attempt, jobName, reasons: [nameTaken(jobName)] });
}

function notTaken({ code, message }: { code: string; message: string }, where: string) {
  const action = 'Ask AWS for a higher quota of processing jobs, or wait for others to end; then retry the run.';
  return { code, message, where, action };
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

import { conversionStarted, type EventOf, type trainingCompleted } from '@dropforge/events';
import { bucketKeys, jobNameOf, type Run } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/** Starts the conversion of a trained model. */
export async function startConversion(event: EventOf<typeof trainingCompleted>, { jobs }: Ports, run: Run) {
  const { runId, project, attempt, modelKey } = event.data;
  const jobName = jobNameOf('convert', runId, attempt);
  await jobs.start({
    jobName,
    runId,
    attempt,
    modelKey,
    configPrefix: configPrefixOf(run),
    artifactPrefix: bucketKeys.artifact(runId, attempt),
    verificationPrefix: bucketKeys.verification(runId, attempt),
  });
  return conversionStarted.of({ runId, project, attempt, jobName });
}

/** A retry goes on with the configuration of the attempt that wrote it. */
function configPrefixOf(run: Run): string {
  const key = run.facts['config.rendered']?.configKey;
  if (typeof key !== 'string') throw new Error(`run ${run.runId} was trained without a configuration`);
  return key.slice(0, key.lastIndexOf('/') + 1);
}

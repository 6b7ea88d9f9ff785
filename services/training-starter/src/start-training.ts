import {
  type AnyEvent,
  type configRendered,
  type EventOf,
  type Reason,
  trainingDeferred,
  trainingFailed,
  trainingQueued,
  trainingStarted,
} from '@dropforge/events';
import { bucketKeys, jobNameOf, type Run } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/** Starts the training job of a rendered configuration, or has the run wait for a slot, a quota or capacity. */
export async function startTraining(
  event: EventOf<typeof configRendered>,
  { slots, jobs }: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
  const { runId, project, attempt, configKey, dataset, instanceTypes, spot, maximumSeconds } = event.data;
  const subject = { runId, project, attempt };
  if (!(await slots.claim(runId))) {
    const message = `All ${slots.limit} training slots are taken.`;
    return waiting(
      run,
      trainingQueued.of({ ...subject, reasons: [{ code: 'RESOURCE_LIMIT', message, action: untilThen }] }),
    );
  }
  const jobName = jobNameOf('train', runId, attempt);
  const result = await jobs.start({
    ...subject,
    jobName,
    datasetPrefix: bucketKeys.dataset(dataset),
    configPrefix: configKey.slice(0, configKey.lastIndexOf('/') + 1),
    outputPrefix: bucketKeys.trainingOutput(runId),
    checkpointPrefix: bucketKeys.checkpoints(runId),
    instanceType: nextInstanceType(instanceTypes, run),
    spot,
    maximumSeconds,
  });
  if (result.kind === 'started') return trainingStarted.of({ ...subject, jobName, instanceType: result.instanceType });
  await slots.release(runId);
  if (result.kind === 'unfit')
    return trainingFailed.of({ ...subject, jobName, reasons: [unfit(result.message, jobName)] });
  const reasons = [{ code: result.code, message: result.message, action: untilThen }];
  const waitsForQuota = result.code === 'RESOURCE_LIMIT';
  return waiting(
    run,
    waitsForQuota ? trainingQueued.of({ ...subject, reasons }) : trainingDeferred.of({ ...subject, reasons }),
  );
}

const untilThen = 'Nothing to do: the run goes on by itself as soon as it can.';

/** AWS answers a type without capacity by a job that fails; the next try takes the next type of the recipe. */
function nextInstanceType(instanceTypes: readonly string[], { history }: Run): string {
  const failures = history.filter(({ event, from, to }) => event === 'training.deferred' && from === 'training' && to);
  return instanceTypes[failures.length % instanceTypes.length] ?? '';
}

function unfit(message: string, where: string): Reason {
  const action = 'Correct instanceTypes in the recipe, or the image and the role of the deployment, then start again.';
  return { code: 'JOB_REFUSED', message, where, action };
}

/** A run that waits already stays where it is. */
function waiting(run: Run, event: AnyEvent): AnyEvent | undefined {
  return run.state === 'waiting-quota' || run.state === 'waiting-capacity' ? undefined : event;
}

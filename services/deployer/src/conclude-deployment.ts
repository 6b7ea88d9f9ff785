import type { AnyEvent, deploymentStarted, EventOf } from '@dropforge/events';
import type { Run } from '@dropforge/pipeline-state';
import { overdueDeployment } from './deployment-outcome.ts';
import type { Ports } from './ports.ts';

/**
 * Counts what devices said before the run was known to be deploying: a device can be quicker than the note that its
 * deployment exists, and its answer comes only once. The reconciler says the event again while devices are silent, and
 * after `silenceSeconds` they count as failed, by name.
 */
export async function concludeDeployment(
  { data }: EventOf<typeof deploymentStarted>,
  { devices, now, silenceSeconds }: Ports,
  run: Run,
): Promise<AnyEvent | undefined> {
  return overdueDeployment(run, await devices.readMany(data.devices), now(), silenceSeconds);
}

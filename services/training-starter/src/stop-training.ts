import type { EventOf, runCancelled } from '@dropforge/events';
import { jobNameOf } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/** Stops the training job of a cancelled run, if there is one, and gives its slot back. */
export async function stopTraining(event: EventOf<typeof runCancelled>, { jobs, slots }: Ports): Promise<undefined> {
  const { runId, attempt } = event.data;
  await jobs.stop(jobNameOf('train', runId, attempt));
  await slots.release(runId);
}

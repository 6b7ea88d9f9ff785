import type { EventOf, runCancelled } from '@dropforge/events';
import { jobNameOf } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/** Stops the conversion job of a cancelled run, if there is one. */
export async function stopConversion(event: EventOf<typeof runCancelled>, { jobs }: Ports): Promise<undefined> {
  await jobs.stop(jobNameOf('convert', event.data.runId, event.data.attempt));
}

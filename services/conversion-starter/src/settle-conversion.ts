import type { AnyEvent, ProcessingJobStateChange } from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import type { Run } from '@dropforge/pipeline-state';
import { endConversion, isEnded } from './end-conversion.ts';
import type { Ports } from './ports.ts';

/** What a SageMaker processing event means for its run. Events that are not the end of a job of ours mean nothing. */
export async function settleConversion(
  { detail }: ExternalEvent<ProcessingJobStateChange>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const job = ports.names.read(detail.ProcessingJobName);
  if (job?.kind !== 'convert' || !isEnded(detail)) return undefined;
  const run = await runs.read(job.runId);
  if (!run) return undefined;
  return { runId: job.runId, event: await endConversion(detail, { run, attempt: job.attempt }, ports) };
}

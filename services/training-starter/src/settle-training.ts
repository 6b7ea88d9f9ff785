import type { AnyEvent, TrainingJobStateChange } from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import type { Run } from '@dropforge/pipeline-state';
import { endTraining, isEnded } from './end-training.ts';
import type { Ports } from './ports.ts';

/** What a SageMaker training event means for its run. Events that are not the end of a job of ours mean nothing. */
export async function settleTraining(
  { detail }: ExternalEvent<TrainingJobStateChange>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const job = ports.names.read(detail.TrainingJobName);
  if (job?.kind !== 'train' || !isEnded(detail)) return undefined;
  const run = await runs.read(job.runId);
  if (!run) return undefined;
  return { runId: job.runId, event: await endTraining(detail, { run, attempt: job.attempt }, ports) };
}

import { createHash } from 'node:crypto';
import { readFailureReason } from '@dropforge/aws';
import { type AnyEvent, conversionCompleted, conversionFailed, type ProcessingJobStateChange } from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import { bucketKeys, parseJobName, type Run } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/**
 * What a SageMaker processing event means for its run. A completed job whose manifest is not in the bucket has failed.
 * Events that are not the end of a job of ours mean nothing.
 */
export async function settleConversion(
  { detail }: ExternalEvent<ProcessingJobStateChange>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const { ProcessingJobName: jobName, ProcessingJobStatus: status, FailureReason } = detail;
  const job = parseJobName(jobName);
  if (job?.stage !== 'convert' || !['Completed', 'Failed', 'Stopped'].includes(status)) return undefined;
  const run = await runs.read(job.runId);
  if (!run) return undefined;
  const { runId, attempt } = job;
  const subject = { runId, project: run.project, attempt, jobName };
  if (status === 'Completed') return { runId, event: await completed(subject, ports) };
  const said = await ports.jobs.exitMessage(jobName);
  return {
    runId,
    event: conversionFailed.of({ ...subject, reasons: [readFailureReason(said || FailureReason, jobName)] }),
  };
}

async function completed(
  subject: { runId: string; project: string; attempt: number; jobName: string },
  { readFile }: Ports,
): Promise<AnyEvent> {
  const artifactPrefix = bucketKeys.artifact(subject.runId, subject.attempt);
  const verificationPrefix = bucketKeys.verification(subject.runId, subject.attempt);
  const manifest = await readFile(`${artifactPrefix}manifest.json`);
  const verification = await readFile(`${verificationPrefix}verification.json`);
  if (manifest && verification) {
    const manifestDigest = createHash('sha256').update(manifest).digest('hex');
    return conversionCompleted.of({ ...subject, artifactPrefix, verificationPrefix, manifestDigest });
  }
  const missing = manifest ? `${verificationPrefix}verification.json` : `${artifactPrefix}manifest.json`;
  const reason = {
    code: 'OUTPUT_MISSING',
    message: 'SageMaker says that the conversion completed, but its output is not in the bucket.',
    where: missing,
    action: 'Check that the job role may write there, then retry the run.',
  };
  return conversionFailed.of({ ...subject, reasons: [reason] });
}

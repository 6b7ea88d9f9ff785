import { createHash } from 'node:crypto';
import { isJobFailure, readFailureReason } from '@dropforge/aws';
import {
  type AnyEvent,
  conversionCompleted,
  conversionFailed,
  type ProcessingJobStateChange,
  type Reason,
} from '@dropforge/events';
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
  const reason =
    status === 'Stopped' && !isJobFailure(said)
      ? stopped(jobName)
      : // A job can have said that all went well before AWS failed to upload what it wrote.
        readFailureReason(isJobFailure(said) ? said : FailureReason || said, jobName);
  return { runId, event: conversionFailed.of({ ...subject, reasons: [reason] }) };
}

function stopped(where: string): Reason {
  return {
    code: 'JOB_STOPPED',
    message: 'The conversion job was stopped from outside, or reached its longest allowed time.',
    where,
    action: 'Retry the run; it goes on from the trained model.',
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
  if (manifest?.length && verification?.length) {
    const manifestDigest = createHash('sha256').update(manifest).digest('hex');
    return conversionCompleted.of({ ...subject, artifactPrefix, verificationPrefix, manifestDigest });
  }
  const missing = manifest?.length ? `${verificationPrefix}verification.json` : `${artifactPrefix}manifest.json`;
  const reason = {
    code: 'OUTPUT_MISSING',
    message: 'SageMaker says that the conversion completed, but its output is not in the bucket, or is empty.',
    where: missing,
    action: 'Check that the job role may write there, then retry the run.',
  };
  return conversionFailed.of({ ...subject, reasons: [reason] });
}

import { createHash } from 'node:crypto';
import { isJobFailure, readFailureReason } from '@dropforge/aws';
import {
  type AnyEvent,
  conversionCompleted,
  conversionFailed,
  type JobCost,
  type ProcessingJobStateChange,
  type Reason,
} from '@dropforge/events';
import { bucketKeys, type Run } from '@dropforge/pipeline-state';
import { costOfJob, type PriceOf } from '@dropforge/recipe/cost';
import type { JobDescription, Ports } from './ports.ts';

/** True when nothing happens to the job any more. */
export function isEnded({ ProcessingJobStatus: status }: ProcessingJobStateChange): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

/**
 * What the end of a run's conversion means, once its cost is in the books. A completed job whose manifest is not in the
 * bucket has failed.
 */
export async function endConversion(
  event: ProcessingJobStateChange,
  { run: { runId, project }, attempt }: { run: Run; attempt: number },
  ports: Ports,
): Promise<AnyEvent> {
  const jobName = event.ProcessingJobName;
  const job = await ports.jobs.describe(jobName);
  const cost = costOfConversion({ ...job?.detail, ...event }, ports.priceOf);
  await ports.budget.settle({ project, jobName }, cost?.usd ?? 0, ports.now());
  const subject = { runId, project, attempt, jobName, ...(cost ? { cost } : {}) };
  if (event.ProcessingJobStatus === 'Completed') return completed(subject, ports);
  return conversionFailed.of({ ...subject, reasons: [whyFailed(event, job)] });
}

/** Billed from its start to its end; undefined: nothing was. https://aws.amazon.com/sagemaker/ai/pricing/ */
export function costOfConversion(detail: ProcessingJobStateChange, priceOf: PriceOf): JobCost | undefined {
  const { ProcessingStartTime, ProcessingEndTime, ProcessingResources } = detail;
  const { InstanceType: instanceType, InstanceCount: instanceCount = 1 } = ProcessingResources?.ClusterConfig ?? {};
  const seconds = ((ProcessingEndTime ?? 0) - (ProcessingStartTime ?? ProcessingEndTime ?? 0)) / 1_000;
  if (!instanceType || seconds <= 0) return undefined;
  return costOfJob(
    { instanceType, instanceCount, spot: false, seconds, billedSeconds: seconds },
    priceOf(instanceType),
  );
}

interface Subject {
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly jobName: string;
  readonly cost?: JobCost;
}

function whyFailed(event: ProcessingJobStateChange, job: JobDescription | undefined): Reason {
  const { ProcessingJobName: jobName, ProcessingJobStatus: status, FailureReason } = event;
  const said = job?.exitMessage;
  if (status === 'Stopped' && !isJobFailure(said)) return stopped(jobName);
  // A job can have said that all went well before AWS failed to upload what it wrote.
  return readFailureReason(isJobFailure(said) ? said : FailureReason || said, jobName);
}

function stopped(where: string): Reason {
  return {
    code: 'JOB_STOPPED',
    message: 'The conversion job was stopped from outside, or reached its longest allowed time.',
    where,
    action: 'Retry the run; it goes on from the trained model.',
  };
}

async function completed(subject: Subject, { readFile }: Ports): Promise<AnyEvent> {
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

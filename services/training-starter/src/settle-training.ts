import { isJobFailure, readFailureReason } from '@dropforge/aws';
import {
  type AnyEvent,
  type Reason,
  type TrainingJobStateChange,
  trainingCompleted,
  trainingDeferred,
  trainingFailed,
  trainingStopped,
} from '@dropforge/events';
import type { ExternalEvent } from '@dropforge/handler-kit';
import { bucketKeys, parseJobName, type Run } from '@dropforge/pipeline-state';
import type { Ports } from './ports.ts';

/**
 * What a SageMaker training event means for its run. Success is never taken from the status alone: the model must be
 * in the bucket. Events that are not the end of a job of ours mean nothing.
 */
export async function settleTraining(
  { detail }: ExternalEvent<TrainingJobStateChange>,
  ports: Ports,
  runs: { read(runId: string): Promise<Run | undefined> },
): Promise<{ runId: string; event: AnyEvent } | undefined> {
  const job = parseJobName(detail.TrainingJobName);
  if (job?.stage !== 'train') return undefined;
  const outcome = await outcomeOf(detail, job, ports);
  const run = outcome && (await runs.read(job.runId));
  if (!outcome || !run) return undefined;
  // A late word about an earlier attempt says nothing about the slot that the run holds now.
  if (run.attempt === job.attempt) await ports.slots.release(job.runId);
  const subject = { runId: job.runId, project: run.project, attempt: job.attempt, jobName: detail.TrainingJobName };
  return { runId: job.runId, event: outcome(subject) };
}

type Outcome = (subject: { runId: string; project: string; attempt: number; jobName: string }) => AnyEvent;

async function outcomeOf(
  detail: TrainingJobStateChange,
  job: { runId: string; attempt: number },
  { modelSize }: Ports,
): Promise<Outcome | undefined> {
  const {
    TrainingJobName: jobName,
    TrainingJobStatus: status,
    SecondaryStatus: secondary,
    FailureReason: text,
  } = detail;
  if (status === 'Completed') {
    const modelKey = bucketKeys.model(job.runId, job.attempt);
    if (await modelSize(modelKey)) return (subject) => trainingCompleted.of({ ...subject, modelKey });
    const reasons = [
      {
        code: 'OUTPUT_MISSING',
        message: 'SageMaker says that training completed, but its model is not in the bucket, or is empty.',
        where: modelKey,
        action: 'Check that the training role may write there, then retry the run.',
      },
    ];
    return (subject) => trainingFailed.of({ ...subject, reasons });
  }
  if (status === 'Failed') {
    const reason = readFailureReason(text, jobName);
    // A job that ran had its capacity, whatever it says of itself.
    const lacksCapacity = reason.code === 'CAPACITY_ERROR' && !isJobFailure(text);
    return (subject) => (lacksCapacity ? trainingDeferred : trainingFailed).of({ ...subject, reasons: [reason] });
  }
  if (status === 'Stopped')
    return (subject) => trainingStopped.of({ ...subject, reasons: [whyStopped(secondary, jobName)] });
  return undefined;
}

function whyStopped(secondary: string | undefined, where: string): Reason {
  if (secondary === 'MaxRuntimeExceeded')
    return {
      code: 'MAX_RUNTIME_EXCEEDED',
      message: 'Training reached its longest allowed time.',
      where,
      action: 'Lower the budget in the recipe, or use a faster instance type.',
    };
  if (secondary === 'MaxWaitTimeExceeded')
    return {
      code: 'MAX_WAIT_TIME_EXCEEDED',
      message: 'No spot capacity came within the allowed waiting time.',
      where,
      action: 'Retry the run, or train on demand.',
    };
  return {
    code: 'JOB_STOPPED',
    message: 'The training job was stopped from outside.',
    where,
    action: 'Retry the run; it goes on from its newest checkpoint.',
  };
}

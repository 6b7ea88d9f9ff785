import { isJobFailure, readFailureReason } from '@dropforge/aws';
import {
  type AnyEvent,
  type JobCost,
  type Reason,
  type TrainingJobStateChange,
  trainingCompleted,
  trainingDeferred,
  trainingFailed,
  trainingStopped,
} from '@dropforge/events';
import { bucketKeys, type Run } from '@dropforge/pipeline-state';
import { costOfTraining, withBill } from './cost-of-training.ts';
import type { Ports } from './ports.ts';
import { nextAfter, waitingSince } from './waiting.ts';

/** True when nothing happens to the job any more. */
export function isEnded({ TrainingJobStatus: status }: TrainingJobStateChange): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

/**
 * What the end of a run's training job means, once its slots are free, its cost is in the books and the run that waited
 * longest for its place was told. Success is never taken from the status alone: the model must be in the bucket.
 */
export async function endTraining(
  event: TrainingJobStateChange,
  { run, attempt }: { run: Run; attempt: number },
  ports: Ports,
): Promise<AnyEvent> {
  const { runId, project } = run;
  const jobName = event.TrainingJobName;
  const detail = await withBill(event, ports.jobs);
  const cost = costOfTraining(detail, run);
  await ports.budget.settle({ project, jobName }, cost?.usd ?? 0, ports.now());
  await ports.wake(await ports.slots.release({ jobName }));
  const subject = { runId, project, attempt, jobName, ...(cost ? { cost } : {}) };
  if (detail.TrainingJobStatus === 'Completed') return completed(subject, ports);
  const reason = reasonOf(detail);
  if (lacksCapacity(detail, reason)) {
    const since = detail.TrainingStartTime === undefined ? waitingSince(run, ports.now()) : ports.now();
    const terms = { next: nextAfter(detail, run), waitingSince: since.toISOString() };
    return trainingDeferred.of({ ...subject, ...terms, reasons: [reason] });
  }
  const end = { ...subject, reasons: [reason] };
  return detail.TrainingJobStatus === 'Failed' ? trainingFailed.of(end) : trainingStopped.of(end);
}

interface Subject {
  readonly runId: string;
  readonly project: string;
  readonly attempt: number;
  readonly jobName: string;
  readonly cost?: JobCost;
}

async function completed(subject: Subject, { modelSize }: Ports): Promise<AnyEvent> {
  const modelKey = bucketKeys.model(subject.runId, subject.jobName);
  if (await modelSize(modelKey)) return trainingCompleted.of({ ...subject, modelKey });
  const reason = {
    code: 'OUTPUT_MISSING',
    message: 'SageMaker says that training completed, but its model is not in the bucket, or is empty.',
    where: modelKey,
    action: 'Check that the training role may write there, then retry the run.',
  };
  return trainingFailed.of({ ...subject, reasons: [reason] });
}

/** A job that failed in its own code had its capacity, whatever it says of itself. */
function lacksCapacity({ TrainingJobStatus, FailureReason }: TrainingJobStateChange, { code }: Reason): boolean {
  if (TrainingJobStatus === 'Stopped') return code === 'MAX_WAIT_TIME_EXCEEDED';
  return code === 'CAPACITY_ERROR' && !isJobFailure(FailureReason);
}

function reasonOf({ TrainingJobName: where, ...detail }: TrainingJobStateChange): Reason {
  if (detail.TrainingJobStatus === 'Failed') return readFailureReason(detail.FailureReason, where);
  if (detail.SecondaryStatus === 'MaxRuntimeExceeded')
    return {
      code: 'MAX_RUNTIME_EXCEEDED',
      message: 'Training reached its longest allowed time.',
      where,
      action: 'Lower the budget in the recipe, or use a faster instance type.',
    };
  if (detail.SecondaryStatus === 'MaxWaitTimeExceeded')
    return {
      code: 'MAX_WAIT_TIME_EXCEEDED',
      message: 'Spare capacity did not come, or did not last, within the allowed waiting time.',
      where,
      action: 'Nothing to do: the run goes on from its newest checkpoint with the next choice of its recipe.',
    };
  return {
    code: 'JOB_STOPPED',
    message: 'The training job was stopped from outside.',
    where,
    action: 'Retry the run; it goes on from its newest checkpoint.',
  };
}

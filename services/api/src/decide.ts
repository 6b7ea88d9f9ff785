import { type AnyEvent, modelApproved, modelDeclined, runCancelled, runRetried } from '@dropforge/events';
import { type Run, resumePoint } from '@dropforge/pipeline-state';
import { problem } from './problem.ts';

/** What a person decides about a run. `attempt`: the one that the person saw; the run's own unless given. */
export type Decision = { readonly attempt?: number } & (
  | { readonly action: 'cancel' | 'retry' }
  | { readonly action: 'approve'; readonly modelDigest: string }
  | { readonly action: 'decline'; readonly modelDigest: string; readonly reason?: string | undefined }
);

/**
 * The event of a decision. It carries the attempt and the model that the person saw, so that a decision about what is
 * no longer there moves nothing. Throws the problem MODEL_CHANGED when the run has another model by now.
 */
export function eventOf(run: Run, decision: Decision, by: string): AnyEvent {
  const { runId, project } = run;
  const attempt = decision.attempt ?? run.attempt;
  const about = { runId, project, attempt, by };
  switch (decision.action) {
    case 'cancel':
      return runCancelled.of(about);
    case 'retry':
      return runRetried.of({ ...about, attempt: attempt + 1, resumeFrom: resumePoint(run) ?? 'training.requested' });
    case 'approve':
      return modelApproved.of({ ...about, ...modelOf(run, decision.modelDigest) });
    case 'decline':
      return modelDeclined.of({
        ...about,
        ...modelOf(run, decision.modelDigest),
        reasons: [
          { code: 'DECLINED', message: declined(by, decision.reason), action: 'Retry the run to be asked again.' },
        ],
      });
  }
}

function modelOf({ facts }: Run, modelDigest: string): { modelId: string; modelDigest: string } {
  const validated = facts['model.validated'];
  if (validated && validated.modelDigest !== modelDigest) {
    throw problem('MODEL_CHANGED', 'The run has another model now than the one that you name. Look at it again.', {
      modelDigest: validated.modelDigest,
    });
  }
  return { modelId: String(validated?.modelId ?? 'none'), modelDigest };
}

function declined(by: string, reason: string | undefined): string {
  return reason ? `${by} declined the delivery: ${reason}` : `${by} declined the delivery.`;
}

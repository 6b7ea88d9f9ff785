import { RunId } from '@dropforge/events';
import type { HttpRequest, HttpResponse } from '@dropforge/handler-kit';
import { type CommitPorts, commit, type Run, type RunStore } from '@dropforge/pipeline-state';
import { maySee } from './access.ts';
import { type Decision, eventOf } from './decide.ts';
import { problem } from './problem.ts';
import { summaryOf } from './views.ts';

/** The run that a path names; the same problem for one that is not there and one that the caller may not see. */
export async function findRun(request: HttpRequest, runs: Pick<RunStore, 'read'>): Promise<Run> {
  const runId = RunId.safeParse(request.path.runId);
  const run = runId.success ? await runs.read(runId.data) : undefined;
  if (!run || !maySee(request, run.project))
    throw problem('NO_SUCH_RUN', 'There is no such run. GET /runs lists them.');
  return run;
}

/** Moves a run as a person asked, or tells why it cannot be moved now. */
export async function moveRun(run: Run, decision: Decision, by: string, kit: CommitPorts): Promise<HttpResponse> {
  const outcome = await commit(eventOf(run, decision, by), run.runId, kit);
  if (outcome.kind === 'late' || !outcome.run) {
    const state = outcome.run?.state ?? run.state;
    throw problem('NOT_POSSIBLE_NOW', `A run that is "${state}" cannot be ${past[decision.action]}.`, { state });
  }
  return { status: 200, body: summaryOf(outcome.run) };
}

const past: Record<Decision['action'], string> = {
  approve: 'approved',
  decline: 'declined',
  cancel: 'cancelled',
  retry: 'retried',
};

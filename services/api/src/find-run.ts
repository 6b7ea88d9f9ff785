import { type AnyEvent, RunId } from '@dropforge/events';
import { type HttpRequest, type HttpResponse, Problem } from '@dropforge/handler-kit';
import { type CommitPorts, commit, type Run, type RunStore } from '@dropforge/pipeline-state';
import { summaryOf } from './views.ts';

/** The run that a path names; a problem if there is none. */
export async function findRun({ path }: HttpRequest, runs: Pick<RunStore, 'read'>): Promise<Run> {
  const runId = RunId.safeParse(path.runId);
  const run = runId.success ? await runs.read(runId.data) : undefined;
  if (!run) throw new Problem(404, 'NO_SUCH_RUN', `There is no run ${path.runId}. GET /runs lists them.`);
  return run;
}

/** Moves a run as a person asked, or tells why it cannot be moved now. */
export async function moveRun(run: Run, event: AnyEvent, verb: string, kit: CommitPorts): Promise<HttpResponse> {
  const outcome = await commit(event, run.runId, kit);
  if (outcome.kind === 'late' || !outcome.run) {
    const state = outcome.run?.state ?? run.state;
    throw new Problem(409, 'NOT_POSSIBLE_NOW', `A run that is "${state}" cannot be ${verb}.`, { state });
  }
  return { status: 200, body: summaryOf(outcome.run) };
}

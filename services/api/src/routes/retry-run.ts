import { runRetried } from '@dropforge/events';
import type { Route } from '@dropforge/handler-kit';
import { resumePoint } from '@dropforge/pipeline-state';
import { findRun, moveRun } from '../find-run.ts';
import type { Ports } from '../ports.ts';

/** Begins the next attempt at the last stage that worked. */
export const retryRun: Route<Ports> = async (request, _ports, kit) => {
  const run = await findRun(request, kit.runs);
  const { runId, project, attempt } = run;
  const resumeFrom = resumePoint(run) ?? 'training.requested';
  return moveRun(
    run,
    runRetried.of({ runId, project, attempt: attempt + 1, by: request.caller, resumeFrom }),
    'retried',
    kit,
  );
};

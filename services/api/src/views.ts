import { type Progress, RunSummary, RunView } from '@dropforge/api-contract';
import { isTerminal, type Run, runCostOf } from '@dropforge/pipeline-state';

/** A run as lists show it. */
export function summaryOf(run: Run): RunSummary {
  const { runId, project, state, attempt, createdAt, updatedAt } = run;
  return RunSummary.parse({ runId, project, state, ended: isTerminal(state), attempt, createdAt, updatedAt });
}

/** A run with all that is known of it, from the facts that its events left. */
export function viewOf(run: Run, progress: Progress | undefined): RunView {
  const { facts, history } = run;
  const cost = runCostOf(run);
  const received = facts['dataset.received'];
  const dataset = facts['dataset.validated'];
  const model = facts['model.validated'];
  const delivery = model?.deployment as { approval?: string } | null | undefined; // parsed when the event was made
  const source = received?.source as { drop?: string } | undefined; // parsed when the event was made
  return RunView.parse({
    ...summaryOf(run),
    reasons: reasonsOf(run),
    ...(source?.drop ? { drop: source.drop } : {}),
    ...(dataset ? { dataset: { ...dataset, digest: dataset.dataset } } : {}),
    ...(progress ? { progress } : {}),
    ...(model ? { model: { ...model, approval: delivery?.approval ?? null } } : {}),
    ...(facts['deployment.started'] ? { deployment: facts['deployment.started'] } : {}),
    ...(cost ? { cost } : {}),
    history,
  });
}

/** The reasons of the event that brought the run where it is. */
function reasonsOf(run: Run): unknown {
  const last = run.history.findLast(({ to }) => to === run.state);
  return (last && run.facts[last.event]?.reasons) ?? [];
}

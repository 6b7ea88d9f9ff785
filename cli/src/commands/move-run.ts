import type { RunSummary } from '@dropforge/api-contract';
import { CliError } from '../cli-error.ts';
import { type Context, report } from '../context.ts';
import { findRunId, showRun } from '../runs/find-run.ts';
import type { WatchOptions } from '../runs/watch-run.ts';
import { watchToEnd } from './watch.ts';

/** `dropforge cancel <run>`: calls it off; its jobs are stopped. */
export async function cancel(context: Context, given: string): Promise<void> {
  const { api } = await context.connect();
  const runId = await findRunId(api, given);
  tell(context, await api.call('cancelRun', { path: { runId } }));
}

/** `dropforge retry <run>`: the next attempt, from the last stage that worked. */
export async function retry(
  context: Context,
  given: string,
  options: { watch?: boolean } & WatchOptions,
): Promise<'ok' | 'refused'> {
  const { api } = await context.connect();
  const runId = await findRunId(api, given);
  const run = await api.call('retryRun', { path: { runId } });
  if (!options.watch || !context.json) tell(context, run);
  return options.watch ? watchToEnd(context, runId, options) : 'ok';
}

/** `dropforge decline <run>`: refuses the model that the run has now. */
export async function decline(context: Context, given: string, options: { reason?: string }): Promise<void> {
  const { api } = await context.connect();
  const { runId, model, state } = await showRun(api, given);
  if (!model) {
    throw new CliError('conflict', 'NO_MODEL_YET', `The run has no model that passed the gate; it is "${state}".`, {
      where: runId,
      action: `dropforge show ${runId}`,
    });
  }
  const { modelDigest } = model;
  const body = { modelDigest, ...(options.reason ? { reason: options.reason } : {}) };
  tell(context, await api.call('declineRun', { path: { runId }, body }));
}

function tell(context: Context, run: RunSummary): void {
  report(context, run, () => {
    const attempt = run.attempt > 1 ? ` (attempt ${run.attempt})` : '';
    context.screen.line(`${run.runId} is ${run.state}${attempt}.`);
    if (!run.ended) context.screen.note(`Follow it: dropforge watch ${run.runId}`, 'quiet');
  });
}

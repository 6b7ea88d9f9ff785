import type { RunSummary } from '@dropforge/api-contract';
import { type Context, report } from '../context.ts';
import { findRunId } from '../runs/find-run.ts';
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

function tell(context: Context, run: RunSummary): void {
  report(context, run, () => {
    const attempt = run.attempt > 1 ? ` (attempt ${run.attempt})` : '';
    context.screen.line(`${run.runId} is ${run.state}${attempt}.`);
    if (!run.ended) context.screen.note(`Follow it: dropforge watch ${run.runId}`, 'quiet');
  });
}

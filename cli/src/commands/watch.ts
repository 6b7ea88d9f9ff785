import type { RunView } from '@dropforge/api-contract';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { showRun } from '../runs/find-run.ts';
import { type WatchOptions, watchRun } from '../runs/watch-run.ts';

/** `dropforge watch <run>`: live until the end. Gives the exit name of how it ended. */
export async function watch(context: Context, given: string, options: WatchOptions = {}): Promise<'ok' | 'refused'> {
  const { api } = await context.connect();
  const { runId } = await showRun(api, given);
  return watchToEnd(context, runId, options);
}

/** Watches a run whose id is certain. Leaving does not stop the run, and says so. */
export async function watchToEnd(context: Context, runId: string, options: WatchOptions): Promise<'ok' | 'refused'> {
  try {
    return outcomeOf(await watchRun(context, runId, options));
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new CliError('interrupted', 'INTERRUPTED', 'Stopped watching; the run goes on.', {
      action: `dropforge watch ${runId}, or dropforge cancel ${runId}`,
    });
  }
}

function outcomeOf({ state }: RunView): 'ok' | 'refused' {
  return state === 'deployed' || state === 'finished' || state === 'awaiting-approval' ? 'ok' : 'refused';
}

import type { RunView } from '@dropforge/api-contract';
import { type ApiClient, pause } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { createJsonView, createTextView } from './watch-views.ts';

/** What watching needs of a command's context. */
export interface WatchContext
  extends Pick<Context, 'terminal' | 'screen' | 'json' | 'now' | 'pollMilliseconds' | 'signal'> {
  connect(): Promise<{ api: ApiClient }>;
}

export interface WatchOptions {
  /** A run that was just started may take a moment to be there. */
  readonly isNew?: boolean;
  /** How long silence of the API is borne: it may be starting again. */
  readonly patienceMilliseconds?: number;
}

const defaults = { isNew: false, patienceMilliseconds: 120_000 };

/** Shows what happens to a run until it ends or waits for a person; gives the run as it is then. */
export async function watchRun(context: WatchContext, runId: string, options: WatchOptions = {}): Promise<RunView> {
  const settings = { ...defaults, ...options };
  const view = context.json ? createJsonView(context) : createTextView(context);
  let heardAt = Date.now();
  let isKnown = !settings.isNew;
  for (;;) {
    try {
      const { api } = await context.connect();
      const run = await api.call('showRun', { path: { runId } });
      [heardAt, isKnown] = [Date.now(), true];
      view.show(run);
      if (run.ended || waitsForPerson(run)) {
        view.end(run);
        return run;
      }
    } catch (error) {
      const passes = isPassing(error, isKnown) && Date.now() - heardAt < settings.patienceMilliseconds;
      if (!passes) throw error;
      context.screen.status(isKnown ? 'The API does not answer; trying on …' : 'Waiting for the run to appear …');
    }
    await pause(context.pollMilliseconds, context.signal);
  }
}

function isPassing(error: unknown, isKnown: boolean): boolean {
  if (!(error instanceof CliError)) return false;
  return error.exit === 'unreachable' || (!isKnown && error.code === 'NO_SUCH_RUN');
}

/** A recipe may leave the approval to the gate, or deliver nothing; then the run passes this state by itself. */
function waitsForPerson({ state, model }: RunView): boolean {
  return state === 'awaiting-approval' && model?.approval === 'manual';
}

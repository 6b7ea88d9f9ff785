import type { RunSummary, RunView } from '@dropforge/api-contract';
import type { ApiClient } from '../api/api-client.ts';
import { CliError } from '../cli-error.ts';

const PAGE = 200;
/** Prefixes are looked up among so many of the newest runs. */
const PAGES_MAX = 5;
const SUGGESTIONS = 3;

/** The run that a person means: a whole id, the beginning of one with or without `run-`, or `latest`. */
export async function findRunId(api: ApiClient, given: string): Promise<string> {
  if (/^run-[a-z2-7]{20}$/.test(given)) return given;
  const wanted = given.toLowerCase();
  if (wanted !== 'latest' && !/^(run-)?[a-z2-7]{1,20}$/.test(wanted)) {
    throw new CliError('usage', 'RUN_ID_INVALID', `"${given}" is no run id.`, {
      action: 'Give a run id, the beginning of one, or "latest"; "dropforge runs" lists the runs.',
    });
  }
  const runs = await listRuns(api, wanted === 'latest' ? 1 : PAGE * PAGES_MAX);
  const found = wanted === 'latest' ? runs : runs.filter(({ runId }) => runId.startsWith(withPrefix(wanted)));
  const [only] = found;
  if (only && found.length === 1) return only.runId;
  throw found.length > 1 ? ambiguous(given, found) : noSuchRun(given, runs);
}

/** The run with all that is known of it; an unknown id is answered with the likeliest ones. */
export async function showRun(api: ApiClient, given: string): Promise<RunView> {
  const runId = await findRunId(api, given);
  try {
    return await api.call('showRun', { path: { runId } });
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'NO_SUCH_RUN') throw error;
    throw noSuchRun(given, await listRuns(api, PAGE));
  }
}

/** The newest runs, at most so many. */
export async function listRuns(api: ApiClient, limit: number, project?: string): Promise<RunSummary[]> {
  const runs: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.call('listRuns', { query: { limit: Math.min(PAGE, limit - runs.length), project, cursor } });
    runs.push(...page.runs);
    cursor = page.cursor;
  } while (cursor && runs.length < limit);
  return runs;
}

function withPrefix(wanted: string): string {
  return wanted.startsWith('run-') ? wanted : `run-${wanted}`;
}

function ambiguous(given: string, found: readonly RunSummary[]): CliError {
  const shown = found.slice(0, SUGGESTIONS).map(({ runId }) => runId);
  return new CliError('usage', 'RUN_AMBIGUOUS', `${found.length} runs begin with "${given}".`, {
    action: `Give more of the id: ${shown.join(', ')}${found.length > SUGGESTIONS ? ', …' : ''}.`,
  });
}

function noSuchRun(given: string, runs: readonly RunSummary[]): CliError {
  const ranked = runs
    .map(({ runId }) => ({ runId, same: sharedLetters(runId, withPrefix(given)) }))
    .filter(({ same }) => same >= 'run-'.length + 3)
    .sort((a, b) => b.same - a.same)
    .slice(0, SUGGESTIONS);
  const near = ranked.length > 0 ? `Did you mean ${ranked.map(({ runId }) => runId).join(' or ')}? ` : '';
  return new CliError(
    'notFound',
    'NO_SUCH_RUN',
    given === 'latest' ? 'There are no runs yet.' : `There is no run ${given}.`,
    {
      action: given === 'latest' ? 'Start one: dropforge drop <folder>' : `${near}"dropforge runs" lists the runs.`,
    },
  );
}

/** Places at which both ids have the same letter: one wrong letter leaves nearly all. */
function sharedLetters(a: string, b: string): number {
  return [...a].filter((letter, index) => letter === b[index]).length;
}

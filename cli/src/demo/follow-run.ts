/** Follows a run on the terminal: a line for each stage, a bar while it trains. */
import { ProblemDocument, RunView } from '@dropforge/api-contract';

export interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** How often the API is asked. Its answers are what people see; nothing in the flow waits for this. */
const everyMilliseconds = 500;

/** Resolves when nothing happens to the run any more. */
export async function followRun(
  api: string,
  runId: string,
  show: (line: string, transient?: boolean) => void,
): Promise<RunView> {
  let shown = 0;
  const patience = Date.now() + 60_000;
  for (;;) {
    const run = await fetchRun(api, runId);
    for (const { at, event, to } of run?.history.slice(shown) ?? []) {
      if (to) show(`  ${at.slice(11, 19)}  ${event.padEnd(22)} → ${to}`);
    }
    shown = run?.history.length ?? 0;
    if (run?.ended) return run;
    if (!run && Date.now() > patience) throw new Error(`${runId} has not begun within a minute; the logs say why.`);
    if (run?.progress && run.state === 'training') show(progressLine(run.progress), true);
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds));
  }
}

/** The seconds that the run spent in each state. */
export function stagesOf({ history }: RunView): Stage[] {
  const moves = history.filter(({ to }) => to !== undefined);
  return moves.slice(1).map(({ at, from }, index) => ({
    name: from,
    seconds: (Date.parse(at) - Date.parse(moves[index]?.at ?? at)) / 1000,
  }));
}

/** undefined: the event that begins it is still on its way. */
async function fetchRun(api: string, runId: string): Promise<RunView | undefined> {
  const response = await fetch(`${api}/runs/${runId}`);
  const body = await response.json();
  if (response.ok) return RunView.parse(body);
  if (response.status === 404) return undefined;
  const { code, detail } = ProblemDocument.parse(body);
  throw new Error(`${code}: ${detail}`);
}

function progressLine({ step, steps, loss, accuracy, secondsLeft }: NonNullable<RunView['progress']>): string {
  const share = Math.min(1, step / Math.max(1, steps));
  const filled = Math.round(share * 28);
  const bar = '█'.repeat(filled) + '░'.repeat(28 - filled);
  const parts = [
    `step ${step}/${steps}`,
    `loss ${loss?.toFixed(3) ?? '–'}`,
    `accuracy ${accuracy === undefined ? '–' : `${(accuracy * 100).toFixed(1)} %`}`,
  ];
  return `  ${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${parts.join('  ')}  ${secondsLeft === undefined ? '' : `${Math.ceil(secondsLeft)} s left`}`;
}

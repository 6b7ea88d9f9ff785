import type { RunView } from '@dropforge/api-contract';
import type { Context } from '../context.ts';
import { describeReasons } from '../terminal/reasons.ts';
import { jsonText } from '../terminal/text.ts';
import { describeProgress, describeStage } from './describe-run.ts';
import { endedWell, type Stage, secondsOf, stagesOf } from './stages.ts';

/** Shows a run again and again; what was told once is not told twice. */
export interface WatchView {
  show(run: RunView): void;
  end(run: RunView): void;
}

/** Lines of progress where nothing can be redrawn: one for each tenth. */
const PROGRESS_PARTS = 10;

/** For programs: one JSON object a line, `stage-started`, `stage-ended`, `progress`, and `end` with the whole run. */
export function createJsonView({ terminal, now }: Pick<Context, 'terminal' | 'now'>): WatchView {
  const isNews = createNews();
  const say = (value: object) => terminal.write(`${jsonText(value)}\n`);
  return {
    show(run) {
      for (const stage of stagesOf(run)) {
        const type = stage.endedAt === undefined ? 'stage-started' : 'stage-ended';
        if (isNews(type, stage)) say({ type, ...stage, seconds: secondsOf(stage, now()) });
      }
      const { progress } = run;
      if (progress && isNews('progress', progress)) say({ type: 'progress', ...progress });
    },
    end: (run) => say({ type: 'end', run }),
  };
}

/** For people: a line for each stage that is over, and below them one that moves. */
export function createTextView({ screen, now }: Pick<Context, 'screen' | 'now'>): WatchView {
  const isNews = createNews();
  return {
    show(run) {
      const stages = stagesOf(run);
      for (const stage of stages) {
        if (stage.endedAt !== undefined && isNews('stage', stage))
          screen.line(describeStage(stage, run, now()), endedWell(stage) === false ? 'bad' : undefined);
      }
      const { progress } = run;
      const part = progress && Math.floor((progress.step / Math.max(1, progress.steps)) * PROGRESS_PARTS);
      if (progress && !screen.isLive && isNews('progress', part)) screen.line(`  ${describeProgress(run)}`);
      const current = stages.at(-1);
      if (current?.endedAt === undefined && current) screen.status(movingLine(current, run, now()));
    },
    end(run) {
      screen.status('');
      const isWaiting = run.state === 'awaiting-approval';
      const last = isWaiting
        ? `The model waits for approval: dropforge approve ${run.runId}`
        : `The run is ${run.state}.`;
      screen.line(last, run.reasons.length > 0 ? 'bad' : 'strong');
      for (const line of describeReasons(run.reasons)) screen.line(line);
    },
  };
}

function movingLine(stage: Stage, run: RunView, now: Date): string {
  return `${describeStage(stage, run, now)}  ${describeProgress(run)}`.trimEnd();
}

/** True the first time that it is asked about a thing of a kind. */
function createNews(): (kind: string, thing: unknown) => boolean {
  const told = new Set<string>();
  return (kind, thing) => {
    const key = `${kind} ${JSON.stringify(thing)}`;
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  };
}

import type { RunView } from '@dropforge/api-contract';
import { type Context, report } from '../context.ts';
import { describeCost, describeDataset, describeModel, describeProgress, describeStage } from '../runs/describe-run.ts';
import { showRun } from '../runs/find-run.ts';
import { stagesOf } from '../runs/stages.ts';
import { describeTimeline } from '../runs/timeline.ts';
import { describeReasons } from '../terminal/reasons.ts';
import { formatTable } from '../terminal/table.ts';
import { formatTime } from '../terminal/text.ts';

/** `dropforge show <run>`: everything that is known of a run. */
export async function show(context: Context, given: string): Promise<void> {
  const { api } = await context.connect();
  const run = await showRun(api, given);
  report(context, run, () => {
    for (const line of describeRun(run, context.now())) context.screen.line(line);
  });
}

function describeRun(run: RunView, now: Date): string[] {
  const { model, deployment } = run;
  const facts = [
    ['Run', run.runId],
    ['Project', run.project],
    ['State', run.attempt > 1 ? `${run.state} (attempt ${run.attempt})` : run.state],
    ['Started', `${formatTime(run.createdAt)} UTC`],
    ['Drop', run.drop ?? ''],
    ['Dataset', describeDataset(run)],
    ['Progress', describeProgress(run)],
    ['Cost', describeCost(run)],
    ['Model', model?.modelId ?? ''],
    ['', describeModel(run)],
    ['Delivered to', deployment ? `${deployment.to}: ${deployment.devices.join(', ')}` : ''],
  ].filter(([, value]) => value !== '');
  const next = nextCommand(run);
  return [
    ...formatTable(facts),
    '',
    ...stagesOf(run).map((stage) => describeStage(stage, run, now)),
    '',
    'Timeline (UTC)',
    ...describeTimeline(run.history),
    ...(run.reasons.length > 0 ? ['', ...describeReasons(run.reasons)] : []),
    ...(next ? ['', `Next: ${next}`] : []),
  ];
}

function nextCommand({ state, runId, ended, model }: RunView): string {
  if (state === 'awaiting-approval') return `dropforge approve ${runId}`;
  if (!ended) return `dropforge watch ${runId}`;
  if (state === 'failed' || state === 'stopped' || state === 'stalled' || state === 'rolled-back')
    return `dropforge retry ${runId}`;
  return model && state !== 'rejected' ? `dropforge predict ${model.modelId} image.png` : '';
}

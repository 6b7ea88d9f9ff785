import type { RunView } from '@dropforge/api-contract';
import { progressBar } from '../terminal/progress-bar.ts';
import { formatCount, formatSeconds, formatShare } from '../terminal/text.ts';
import { endedWell, type Stage, type StageName, secondsOf } from './stages.ts';

const labels: Readonly<Record<StageName, string>> = {
  request: 'Request',
  dataset: 'Dataset',
  configuration: 'Configuration',
  training: 'Training',
  conversion: 'Conversion',
  verification: 'Verification',
  approval: 'Approval',
  delivery: 'Delivery',
};

/** `✓ Training           61.3 s`, with what came of it where that is known. */
export function describeStage(stage: Stage, run: RunView, now: Date): string {
  const well = endedWell(stage);
  const mark = well === undefined ? '·' : well ? '✓' : '✗';
  const again = stage.attempt > 1 ? ` (attempt ${stage.attempt})` : '';
  const seconds = formatSeconds(secondsOf(stage, now)).padStart(11);
  const outcome = well === false ? (stage.endedBy?.state ?? '') : resultOf(stage, run);
  return `${mark} ${(labels[stage.name] + again).padEnd(13)}${seconds}  ${outcome}`.trimEnd();
}

function resultOf({ name, endedBy }: Stage, run: RunView): string {
  if (endedBy === undefined) return waitingFor(run);
  if (name === 'dataset') return describeDataset(run);
  if (name === 'verification') return describeModel(run);
  if (name === 'delivery' && run.deployment)
    return `to ${run.deployment.to}: ${formatCount(run.deployment.devices.length, 'device')}`;
  if (name === 'approval' && endedBy.event === 'deployment.skipped') return 'nothing to deliver to';
  return '';
}

/** What the run waits for, in the states in which that is not plain. */
function waitingFor({ state }: RunView): string {
  if (state === 'waiting-quota') return 'waits until another training job ends';
  if (state === 'waiting-capacity') return 'waits until the instance type is available';
  return state === 'awaiting-approval' ? 'waits for a person' : '';
}

export function describeDataset({ dataset }: RunView): string {
  if (!dataset) return '';
  const { classes, trainImages, validationImages, excludedImages } = dataset;
  const images = `${trainImages.toLocaleString('en')} + ${validationImages.toLocaleString('en')} images`;
  const left = excludedImages > 0 ? `, ${excludedImages.toLocaleString('en')} left out` : '';
  return `${formatCount(classes, 'class', 'classes')}, ${images}${left}`;
}

export function describeModel({ model }: RunView): string {
  return model ? `accuracy ${formatShare(model.accuracy)}, agrees on ${model.targets.join(', ')}` : '';
}

/** `about 0.39 USD, at most 3.14`; then what the jobs have cost. Empty where no price is known. */
export function describeCost({ cost }: Pick<RunView, 'cost'>): string {
  const { estimatedUsd, maximumUsd, spentUsd, savedUsd } = cost ?? {};
  const usd = (amount: number) => amount.toFixed(amount < 0.01 ? 4 : 2);
  if (spentUsd !== undefined)
    return `${usd(spentUsd)} USD${savedUsd === undefined ? '' : `, ${usd(savedUsd)} USD saved by spare capacity`}`;
  const about = estimatedUsd === undefined ? '' : `about ${usd(estimatedUsd)} USD`;
  const most = maximumUsd === undefined ? '' : `at most ${usd(maximumUsd)} USD`;
  return [about, most].filter(Boolean).join(', ');
}

/** `[██████░░░░]  45 %  step 810 of 1800  loss 0.61  accuracy 83.1 %  35 s left`; empty before the trainer has spoken. */
export function describeProgress({ progress }: Pick<RunView, 'progress'>): string {
  if (!progress) return '';
  const { step, steps, loss, accuracy, secondsLeft } = progress;
  return [
    progressBar(steps > 0 ? step / steps : 0),
    `step ${step} of ${steps}`,
    loss === undefined ? '' : `loss ${loss.toFixed(3)}`,
    accuracy === undefined || Number.isNaN(accuracy) ? '' : `accuracy ${formatShare(accuracy)}`,
    secondsLeft === undefined ? '' : `${formatSeconds(Math.round(secondsLeft)).replace('.0 s', ' s')} left`,
  ]
    .filter(Boolean)
    .join('  ');
}

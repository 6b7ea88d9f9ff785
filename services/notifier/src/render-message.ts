import { Reason } from '@dropforge/events';
import type { Run, State } from '@dropforge/pipeline-state';
import type { KnownBlock } from '@slack/types';
import type { Message } from './ports.ts';

/** Slack shows at most 3000 characters of a section; reasons beyond these are in the report. */
const shownReasons = 8;

/** The run's message in Block Kit: where it is, what it found, what to fix. https://docs.slack.dev/block-kit/ */
export function renderMessage(run: Run, apiUrl: string | undefined): Message {
  const title = `${icons[run.state]} ${escapeText(run.project)}: ${titles[run.state]}`;
  const blocks: KnownBlock[] = [section(`*${title}*`)];
  const facts = factsOf(run);
  if (facts.length > 0)
    blocks.push({ type: 'section', fields: facts.slice(0, 10).map((text) => ({ type: 'mrkdwn', text })) });
  const reasons = reasonsOf(run);
  if (reasons.length > 0)
    blocks.push(section(reasons.slice(0, shownReasons).map(reasonLine).join('\n').slice(0, 3_000)));
  const attempt = run.attempt > 1 ? ` · attempt ${run.attempt}` : '';
  const link = apiUrl ? ` · <${apiUrl}/runs/${run.runId}|details>` : '';
  blocks.push({ type: 'context', elements: [{ type: 'mrkdwn', text: `\`${run.runId}\`${attempt}${link}` }] });
  return { text: title, blocks };
}

const icons: Record<State, string> = {
  requested: ':hourglass_flowing_sand:',
  received: ':package:',
  validated: ':mag:',
  configured: ':gear:',
  'waiting-quota': ':hourglass:',
  'waiting-capacity': ':hourglass:',
  training: ':weight_lifter:',
  trained: ':weight_lifter:',
  converting: ':hammer_and_wrench:',
  converted: ':hammer_and_wrench:',
  'awaiting-approval': ':raised_hand:',
  approved: ':thumbsup:',
  deploying: ':rocket:',
  deployed: ':white_check_mark:',
  finished: ':white_check_mark:',
  rejected: ':no_entry:',
  failed: ':x:',
  stopped: ':octagonal_sign:',
  'rolled-back': ':rewind:',
  stalled: ':warning:',
  cancelled: ':heavy_multiplication_x:',
};

const titles: Record<State, string> = {
  requested: 'a run was asked for',
  received: 'the drop is being validated',
  validated: 'the dataset is valid',
  configured: 'training is about to start',
  'waiting-quota': 'waiting for a training slot',
  'waiting-capacity': 'waiting for capacity',
  training: 'training',
  trained: 'trained, conversion is about to start',
  converting: 'converting',
  converted: 'converted, being verified',
  'awaiting-approval': 'the model passed the gate',
  approved: 'approved, deployment is about to start',
  deploying: 'being deployed',
  deployed: 'running on the devices',
  finished: 'the model is ready',
  rejected: 'rejected, here is what to fix',
  failed: 'failed',
  stopped: 'stopped',
  'rolled-back': 'rolled back',
  stalled: 'stalled',
  cancelled: 'cancelled',
};

function factsOf({ facts }: Run): string[] {
  const dataset = facts['dataset.validated'];
  const model = facts['model.validated'];
  const deployed = facts['deployment.started'];
  return [
    ...(dataset
      ? [`*Dataset*\n${dataset.trainImages} + ${dataset.validationImages} images, ${dataset.classes} classes`]
      : []),
    ...(model
      ? [
          `*Accuracy*\n${(Number(model.accuracy) * 100).toFixed(2)} % (integer model)`,
          `*Model*\n${escapeText(String(model.modelId))}`,
        ]
      : []),
    ...(deployed && Array.isArray(deployed.devices) ? [`*Devices*\n${deployed.devices.length}`] : []),
  ];
}

/** The reasons of the event that brought the run where it is. */
function reasonsOf(run: Run): Reason[] {
  const last = run.history.findLast((entry) => entry.to === run.state);
  const reasons = last && run.facts[last.event]?.reasons;
  return Reason.array()
    .catch([])
    .parse(reasons ?? []);
}

function reasonLine({ code, message, where, action }: Reason): string {
  const at = where ? ` (\`${escapeText(where.replaceAll('`', "'"))}\`)` : '';
  return `• *${code}* ${escapeText(message)}${at}${action ? `\n    _${escapeText(action)}_` : ''}`;
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

/** Names come from other people's files: they must not become links or mentions. https://docs.slack.dev/messaging/formatting-message-text */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

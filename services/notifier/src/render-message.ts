import { Reason } from '@dropforge/events';
import { type Run, runCostOf, type State } from '@dropforge/pipeline-state';
import type { KnownBlock } from '@slack/types';
import { buttonsOf } from './buttons.ts';
import type { Message } from './ports.ts';

/** Slack's most for a section, and what is kept of it for the line that counts the reasons left out. */
const sectionMaximum = 3_000;
const countLine = 60;
/** Longer sentences are in the report whole; three of this length fit a section. */
const sentenceMaximum = 500;

/** The run's message in Block Kit: where it is, what it found, what to fix. https://docs.slack.dev/block-kit/ */
export function renderMessage(run: Run, { apiUrl, withButtons }: RenderOptions): Message {
  const title = `${icons[run.state]} ${plain(run.project)}: ${titles[run.state]}`;
  const blocks: KnownBlock[] = [section(`*${title}*`)]; // at most five of the fifty that Slack takes
  const facts = factsOf(run);
  if (facts.length > 0) blocks.push({ type: 'section', fields: facts.map(markdown) });
  const reasons = reasonsOf(run);
  if (reasons.length > 0) blocks.push(section(reasonLines(run, reasons)));
  const attempt = run.attempt > 1 ? ` · attempt ${run.attempt}` : '';
  const link = apiUrl ? ` · <${apiUrl}/runs/${run.runId}|details>` : '';
  blocks.push({ type: 'context', elements: [markdown(`\`${run.runId}\`${attempt}${link}`)] });
  const buttons = withButtons ? buttonsOf(run) : [];
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text: title, blocks };
}

export interface RenderOptions {
  /** Where people see more; undefined: nowhere. */
  readonly apiUrl: string | undefined;
  /** Whether clicks are taken. */
  readonly withButtons: boolean;
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

function factsOf(run: Run): string[] {
  const { facts } = run;
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
          `*Model*\n${plain(String(model.modelId))}`,
        ]
      : []),
    ...(deployed && Array.isArray(deployed.devices) ? [`*Devices*\n${deployed.devices.length}`] : []),
    ...costOf(run),
  ];
}

function costOf(run: Run): string[] {
  const { estimatedUsd, spentUsd, savedUsd } = runCostOf(run) ?? {};
  const saved = savedUsd === undefined ? '' : `, ${savedUsd.toFixed(2)} saved by spare capacity`;
  if (spentUsd !== undefined) return [`*Cost*\n${spentUsd.toFixed(2)} USD${saved}`];
  return estimatedUsd === undefined ? [] : [`*Cost*\nabout ${estimatedUsd.toFixed(2)} USD`];
}

/** The reasons of the event that brought the run where it is. */
function reasonsOf(run: Run): Reason[] {
  return Reason.array()
    .catch([])
    .parse(lastFacts(run)?.reasons ?? []);
}

/** How many reasons there are in all; events carry the first few. */
function countOf(run: Run): number {
  const { reasonCount } = lastFacts(run) ?? {};
  return typeof reasonCount === 'number' ? reasonCount : 0;
}

function lastFacts(run: Run): Run['facts'][string] | undefined {
  const last = run.history.findLast((entry) => entry.to === run.state);
  return last && run.facts[last.event];
}

/** Whole reasons only: half a line could end inside a link or a code span. */
function reasonLines(run: Run, reasons: readonly Reason[]): string {
  const lines: string[] = [];
  let length = 0;
  for (const line of reasons.map(reasonLine)) {
    if (length + line.length + 1 > sectionMaximum - countLine) break;
    lines.push(line);
    length += line.length + 1;
  }
  const left = Math.max(reasons.length, countOf(run)) - lines.length;
  return left > 0 ? [...lines, `… and ${left} more; the report has them all.`].join('\n') : lines.join('\n');
}

function reasonLine({ code, message, where, action }: Reason): string {
  const at = where ? ` (\`${plain(where)}\`)` : '';
  return `• *${code}* ${plain(message)}${at}${action ? `\n    _${plain(action)}_` : ''}`;
}

function section(text: string): KnownBlock {
  return { type: 'section', text: markdown(text) };
}

/** `verbatim`: Slack makes no link or mention of its own out of a class called `#general` or `www.example.com`. */
function markdown(text: string) {
  return { type: 'mrkdwn' as const, text, verbatim: true };
}

/** One line of somebody else's words, short as Slack counts it, that cannot begin a code span. */
function plain(text: string): string {
  let shown = '';
  for (const character of withoutControls(text).replaceAll('`', "'").replace(/\s+/g, ' ').trim()) {
    const escaped = escapeText(character);
    if (shown.length + escaped.length > sentenceMaximum) return `${shown}…`;
    shown += escaped;
  }
  return shown;
}

/** What cannot be seen can still turn a line around or hide a part of it. */
function withoutControls(text: string): string {
  return text.toWellFormed().replace(/(?!\s)\p{Cc}|\p{Bidi_Control}|[\u2028\u2029\uFEFF]/gu, '\uFFFD');
}

/** Names come from other people's files: they must not become links or mentions. https://docs.slack.dev/messaging/formatting-message-text */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import { type Run, resumePoint, retry, transitions } from '@dropforge/pipeline-state';
import type { Button } from '@slack/types';

/**
 * What a person may do with the run as the message shows it. A button's value carries the attempt and the model that
 * the message shows: the api service decides about exactly those. https://docs.slack.dev/reference/block-kit/block-elements/button-element
 */
export function buttonsOf(run: Run): Button[] {
  if (waitsForApproval(run)) return approvalButtons(run);
  const { state } = run;
  if ((transitions['run.cancelled'].from as readonly string[]).includes(state)) {
    return [
      button(run, 'cancel', 'Cancel', { style: 'danger', confirm: confirmation('Cancel this run?', 'Cancel it') }),
    ];
  }
  const mayRetry = (retry.from as readonly string[]).includes(state) && resumePoint(run) !== undefined;
  return mayRetry ? [button(run, 'retry', 'Retry', {})] : [];
}

function waitsForApproval({ state, facts }: Run): boolean {
  const deployment = facts['model.validated']?.deployment as { approval?: string } | null | undefined; // parsed when the event was made
  return state === 'awaiting-approval' && deployment?.approval === 'manual';
}

function approvalButtons(run: Run): Button[] {
  const modelDigest = run.facts['model.validated']?.modelDigest;
  const deliver = confirmation('Deliver this model to the devices?', 'Deliver it');
  return [
    button(run, 'approve', 'Approve', { style: 'primary', confirm: deliver }, { modelDigest }),
    button(run, 'decline', 'Reject', { style: 'danger' }, { modelDigest }),
  ];
}

function button(
  { runId, attempt }: Run,
  action: 'approve' | 'decline' | 'cancel' | 'retry',
  label: string,
  look: Pick<Button, 'style' | 'confirm'>,
  shown: Record<string, unknown> = {},
): Button {
  return {
    type: 'button',
    action_id: `dropforge.${action}`,
    text: { type: 'plain_text', text: label },
    value: JSON.stringify({ action, runId, attempt, ...shown }),
    ...look,
  };
}

function confirmation(title: string, confirm: string): NonNullable<Button['confirm']> {
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  return { title: plain('Are you sure?'), text: plain(title), confirm: plain(confirm), deny: plain('Go back') };
}

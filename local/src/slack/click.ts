/** A click on a message's button, sent to the application as Slack sends it. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
import { createHmac } from 'node:crypto';
import type { ShownButton } from './buttons.ts';
import type { SlackMessage } from './message-store.ts';
import { localUser, type SlackSecret } from './secret.ts';

export interface Click {
  readonly message: SlackMessage;
  readonly button: ShownButton;
  readonly secret: SlackSecret;
  /** Where the application may tell the person something. */
  readonly responseUrl: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Slack shows a warning when it has no answer after this. */
const patienceMilliseconds = 3_000;

/** Gives what the person would see of a failure; undefined: the application took the click. */
export async function sendClick(interactionsUrl: string, click: Click): Promise<string | undefined> {
  const body = new URLSearchParams({ payload: JSON.stringify(payloadOf(click)) }).toString();
  const timestamp = Math.floor(click.now / 1000);
  const hmac = createHmac('sha256', click.secret.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  try {
    const response = await fetch(interactionsUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': `v0=${hmac}`,
      },
      body,
      signal: AbortSignal.timeout(patienceMilliseconds),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `Slack would warn: the application answered ${response.status}.`;
  } catch (error) {
    return `Slack would warn: the application did not answer (${error instanceof Error ? error.name : error}).`;
  }
}

function payloadOf({ message, button, secret, responseUrl, now }: Click) {
  const { actionId: action_id, blockId: block_id, value, label } = button;
  const { id, name } = localUser;
  return {
    type: 'block_actions',
    team: { id: secret.team, domain: 'embedded' },
    user: { id, username: name, name, team_id: secret.team },
    api_app_id: 'A0DROPFORGE',
    container: { type: 'message', message_ts: message.ts, channel_id: secret.channel, is_ephemeral: false },
    channel: { id: secret.channel, name: 'dropforge' },
    message: { ts: message.ts, text: message.text, blocks: message.blocks },
    response_url: responseUrl,
    actions: [
      {
        ...{ action_id, block_id, type: 'button', value, text: { type: 'plain_text', text: label } },
        action_ts: (now / 1000).toFixed(6),
      },
    ],
  };
}

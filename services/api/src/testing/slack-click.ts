import { createHmac } from 'node:crypto';

export const slackSecret = '8f742231b10e8888abcd99yyyzzz85a5';

/** What a test may change about a click. */
export interface SentClick {
  readonly team: string;
  /** The workspace of the person, where that is another one. */
  readonly user_team: string;
  readonly user: string;
  readonly action_ts: string;
  readonly timestamp: number;
  readonly signature: string;
}

/** A block_actions payload with everything that Slack sends beside what counts. */
export function clickPayload(
  value: object,
  { team = 'T0FLOWERS', user = 'U0ANA', ...change }: Partial<SentClick> = {},
) {
  return {
    type: 'block_actions',
    team: { id: team, domain: 'flowers' },
    user: { id: user, username: 'ana', name: 'ana', team_id: change.user_team ?? team },
    api_app_id: 'A0DROPFORGE',
    token: 'legacy',
    container: { type: 'message', message_ts: '1767225600.000001', channel_id: 'C0FLOWERS', is_ephemeral: false },
    trigger_id: '1.2.3',
    channel: { id: 'C0FLOWERS', name: 'flowers' },
    message: { ts: '1767225600.000001', text: 'flowers', blocks: [] },
    response_url: 'https://hooks.slack.com/actions/1',
    actions: [
      {
        ...{ action_id: 'dropforge.click', block_id: 'b', type: 'button', value: JSON.stringify(value) },
        ...{ text: { type: 'plain_text', text: 'Click' }, action_ts: change.action_ts ?? '1767225600.1' },
      },
    ],
  };
}

export const formOf = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

export function slackSignature(body: string, timestamp: number, secret = slackSecret): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** What stands in the Slack secret of an embedded cloud: token and channel for messages, the rest for clicks. */
import { randomBytes } from 'node:crypto';
import type { Secrets } from '../secrets-manager/secrets.ts';

export interface SlackSecret {
  token: string;
  channel: string;
  signingSecret: string;
  team: string;
  /** Who may decide: the one person who looks at the page. */
  approvers: string[];
}

/** The person at the page. */
export const localUser = { id: 'U0LOCAL', name: 'you' };
export const localSecret = { token: 'xoxb-embedded', channel: 'C0DROPFORGE', team: 'T0DROPFORGE' };

/** Sets the secrets up that nobody has; what a person has written there stays. */
export function setUpSecrets(names: readonly string[], secrets: Secrets): void {
  for (const name of names.filter((one) => /slack/i.test(one))) {
    const before = parse(secrets.find(name)?.value);
    const isOurs = before.token === undefined || before.token === localSecret.token;
    if (!isOurs || before.signingSecret !== undefined) continue;
    const signingSecret = randomBytes(16).toString('hex');
    secrets.set(name, JSON.stringify({ ...localSecret, signingSecret, approvers: [localUser.id] }));
  }
}

/** As it is now: a person may change it at any time. */
export function readSecret(names: readonly string[], secrets: Secrets): SlackSecret {
  const name = names.find((one) => /slack/i.test(one)) ?? '';
  const value = parse(secrets.find(name)?.value);
  const text = (given: unknown, otherwise: string) => (typeof given === 'string' ? given : otherwise);
  return {
    token: localSecret.token,
    channel: localSecret.channel,
    signingSecret: text(value.signingSecret, ''),
    team: text(value.team, localSecret.team),
    approvers: Array.isArray(value.approvers) ? value.approvers.map(String) : [],
  };
}

function parse(value: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {}; // a person has it open in an editor
  }
}

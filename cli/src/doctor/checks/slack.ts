import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { failed, ok, skipped } from '../finding.ts';
import { type Check, variableOf } from '../patient.ts';

const Secret = z.object({ token: z.string().min(1), channel: z.string().min(1) });
const Answer = z.object({ ok: z.boolean(), error: z.string().optional(), team: z.string().optional() });

/** The Slack secret is filled, and Slack knows its token. Without Slack nothing is told, and everything else works. */
export const slack: Check = {
  name: 'slack',
  async examine(patient) {
    const SecretId = await variableOf(patient, 'notifier-notify', 'SLACK_SECRET_ARN');
    if (!SecretId) return failed('the notifier names no secret', 'Deploy again.');
    const { SecretString = '' } = await patient.clients.secrets.send(new GetSecretValueCommand({ SecretId }));
    const put = `aws secretsmanager put-secret-value --secret-id ${SecretId} --secret-string file://slack.json`;
    const { data } = Secret.safeParse(parseJson(SecretString));
    if (!data) return skipped('no token and channel are set: nobody is told', put);
    const response = await patient.fetch(new URL('auth.test', patient.cloud.slackApiUrl ?? 'https://slack.com/api/'), {
      method: 'POST',
      headers: { authorization: `Bearer ${data.token}` },
      signal: AbortSignal.timeout(10_000),
    });
    const answer = Answer.safeParse(await response.json()).data;
    if (answer?.ok) return ok(`the token belongs to ${answer.team ?? 'a workspace'}; messages go to ${data.channel}`);
    return failed(
      `Slack refuses the token: ${answer?.error ?? `status ${response.status}`}`,
      `Make a new one, then: ${put}`,
    );
  },
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

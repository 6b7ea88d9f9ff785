import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '@dropforge/aws';
import { logger, readConfig } from '@dropforge/handler-kit';
import { z } from 'zod';
import type { SlackPorts, SlackSettings } from './ports.ts';
import { mayReplyTo } from './response-url.ts';

const Config = z.object({
  SLACK_SECRET_ARN: z.string().min(1),
  /** Another Slack-like endpoint, which may be answered as well; the default is Slack itself. */
  SLACK_API_URL: z.url().optional(),
});

const Settings = z.object({
  signingSecret: z.string().min(1),
  team: z.string().min(1),
  approvers: z.array(z.string().min(1)).min(1),
});

/** A person who has just been put on the list may click within this. */
const settingsSeconds = 60;
/** Slack waits three seconds for the answer to the click itself. */
const replyMilliseconds = 1_000;

/** The ports on AWS and Slack. */
export function createSlackPorts(): SlackPorts {
  const { SLACK_SECRET_ARN, SLACK_API_URL } = readConfig(Config);
  const client = secretsManager();
  let known: { settings: SlackSettings | undefined; until: number } | undefined;
  return {
    async settings() {
      if (known && known.until > Date.now()) return known.settings;
      const { SecretString = '{}' } = await client.send(new GetSecretValueCommand({ SecretId: SLACK_SECRET_ARN }));
      const settings = Settings.safeParse(JSON.parse(SecretString)).data;
      if (!settings) logger.warn('SLACK_BUTTONS_NOT_SET_UP: the Slack secret lacks signingSecret, team or approvers');
      known = { settings, until: Date.now() + settingsSeconds * 1_000 };
      return settings;
    },
    async reply(responseUrl, text) {
      if (!mayReplyTo(responseUrl, SLACK_API_URL)) {
        logger.warn('SLACK_RESPONSE_URL_REFUSED: it does not lead to Slack');
        return;
      }
      await send(responseUrl, text).catch((error: unknown) =>
        logger.warn('SLACK_REPLY_FAILED: the person was not told', { error }),
      );
    },
  };
}

async function send(responseUrl: string, text: string): Promise<void> {
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    redirect: 'error',
    signal: AbortSignal.timeout(replyMilliseconds),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`Slack answered ${response.status}`);
}

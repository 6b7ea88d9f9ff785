import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { dynamo, secretsManager } from '@dropforge/aws';
import { readConfig } from '@dropforge/handler-kit';
import { expiresIn, isExpired, toSeconds } from '@dropforge/pipeline-state';
import { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Message, Ports, Slack, Threads } from './ports.ts';

const Config = z.object({
  TABLE_NAME: z.string().min(1),
  SLACK_SECRET_ARN: z.string().min(1),
  /** Another Slack-like endpoint; the default is Slack itself. */
  SLACK_API_URL: z.url().optional(),
  API_URL: z.url().optional(),
});

const SlackSecret = z.object({ token: z.string().min(1), channel: z.string().min(1) });
/** What the api service needs to take a click; see its Slack adapter. */
const ClickSecret = z.object({
  signingSecret: z.string().min(1),
  team: z.string().min(1),
  approvers: z.array(z.string().min(1)).min(1),
});
const Posted = z.object({ channel: z.string(), ts: z.string() });
/** Longer than the function may run, and shorter than the minute after which Lambda tries again: a retry can claim. */
const claimSeconds = 35;

/** A message that is older is not edited any more: who looks for it looks in the API. */
const messageDays = 90;

/** The ports on AWS and Slack. */
export function createPorts(): Ports {
  const config = readConfig(Config);
  let slack: Promise<Slack | undefined> | undefined;
  return {
    apiUrl: config.API_URL,
    threads: createThreads(dynamo(), config.TABLE_NAME),
    slack() {
      slack ??= connect(config.SLACK_SECRET_ARN, config.SLACK_API_URL).catch((error) => {
        slack = undefined; // the next event tries again
        throw error;
      });
      return slack;
    },
  };
}

async function connect(secretArn: string, slackApiUrl: string | undefined): Promise<Slack | undefined> {
  const { SecretString = '{}' } = await secretsManager().send(new GetSecretValueCommand({ SecretId: secretArn }));
  const settings: unknown = JSON.parse(SecretString);
  const secret = SlackSecret.safeParse(settings).data;
  if (!secret) return undefined;
  const client = new WebClient(secret.token, {
    ...(slackApiUrl ? { slackApiUrl } : {}),
    retryConfig: { retries: 3 },
    timeout: 10_000,
  });
  return {
    takesClicks: ClickSecret.safeParse(settings).success,
    async post({ text, blocks }: Message) {
      return Posted.parse(await client.chat.postMessage({ channel: secret.channel, text, blocks }));
    },
    async edit({ channel, ts }, { text, blocks }) {
      await client.chat.update({ channel, ts, text, blocks });
    },
  };
}

/** Which message belongs to which run, beside the run in the table. */
export function createThreads(
  client: DynamoDBDocumentClient,
  TableName: string,
  now: () => number = Date.now,
): Threads {
  const keyOf = (runId: string) => ({ pk: `RUN#${runId}`, sk: 'SLACK' });
  return {
    async read(runId) {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(runId), ConsistentRead: true }));
      return Item && !isExpired(Item, now()) ? Posted.safeParse(Item).data : undefined;
    },
    async claim(runId) {
      // The SDK asks again when an answer is lost, and must then find its own claim to be its own.
      const claimedBy = randomUUID();
      try {
        await client.send(
          new PutCommand({
            TableName,
            Item: {
              ...{ ...keyOf(runId), claimedBy, claimedUntil: now() + claimSeconds * 1_000 },
              ...expiresIn(messageDays, now()),
            },
            ConditionExpression:
              'attribute_not_exists(pk) OR claimedBy = :me OR (attribute_not_exists(ts) AND claimedUntil < :now) OR expiresAt < :seconds',
            ExpressionAttributeValues: { ':now': now(), ':seconds': toSeconds(now()), ':me': claimedBy },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async write(runId, posted) {
      await client.send(
        new PutCommand({ TableName, Item: { ...keyOf(runId), ...posted, ...expiresIn(messageDays, now()) } }),
      );
    },
  };
}

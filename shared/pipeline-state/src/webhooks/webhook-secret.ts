import { createHmac } from 'node:crypto';

/**
 * The secret that signs a webhook's deliveries, by the Standard Webhooks specification: `whsec_` and 32 bytes in base64.
 * It is made of the stack's one key and the webhook's id whenever it is needed, so that it lies nowhere.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSecret(stackKey: string, webhookId: string): string {
  return `${prefix}${createHmac('sha256', stackKey).update(`dropforge webhook ${webhookId}`).digest('base64')}`;
}

/** `timestamp` in seconds since 1970; `body` exactly as it is sent. */
export interface SignedContent {
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
}

/** The value of `webhook-signature`. */
export function signWebhook(secret: string, { id, timestamp, body }: SignedContent): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

const prefix = 'whsec_';

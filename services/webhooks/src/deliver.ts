import { logger, type QueueStep } from '@dropforge/handler-kit';
import { signWebhook, type Webhook, webhookSecret } from '@dropforge/pipeline-state/webhooks';
import { DeliveryMessage } from './delivery-message.ts';
import type { DeliveryPorts, SendOutcome } from './ports.ts';

/** Seconds before each further attempt: about a day in all. SQS hides a message for twelve hours at most. */
const delaysSeconds = [5, 30, 120, 600, 1_800, 7_200, 14_400, 28_800, 36_000];
/** A webhook to which nothing could be delivered for so long is switched off. */
const failingDaysMaximum = 3;
const dayMilliseconds = 86_400_000;

/** Sends one event to one webhook, signed; what is not taken is tried again later, and given up in the end. */
export const deliver: QueueStep<DeliveryPorts> = async ({ body: text, receiveCount, receiptHandle }, ports) => {
  const message = DeliveryMessage.parse(JSON.parse(text));
  const webhook = (await ports.webhooks.list()).find(({ webhookId }) => webhookId === message.webhookId);
  if (!webhook || webhook.offReason !== undefined) return 'done';
  const outcome = await ports.send(await toRequest(webhook, message, ports));
  if (outcome.ok) {
    if (webhook.failing) await ports.webhooks.noteSuccess(webhook.webhookId);
    return 'done';
  }
  return afterFailure(webhook, outcome, { receiveCount, receiptHandle, ...message }, ports);
};

/** The headers of the Standard Webhooks specification: the id is the event's, so every attempt and repeat has the same. */
async function toRequest({ webhookId, url }: Webhook, { eventId, body }: DeliveryMessage, ports: DeliveryPorts) {
  const timestamp = Math.floor(ports.now().getTime() / 1_000);
  const secret = webhookSecret(await ports.stackKey(), webhookId);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Dropforge-Webhooks/1',
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(secret, { id: eventId, timestamp, body }),
  };
  return { url, headers, body };
}

interface Attempt extends DeliveryMessage {
  readonly receiveCount: number;
  readonly receiptHandle: string;
}

async function afterFailure(
  { webhookId }: Webhook,
  { reason, status }: Extract<SendOutcome, { ok: false }>,
  { receiveCount, receiptHandle, eventId }: Attempt,
  ports: DeliveryPorts,
): Promise<'done' | 'again'> {
  const now = ports.now();
  const webhook = await ports.webhooks.noteFailure(webhookId, now.toISOString(), reason);
  if (!webhook) return 'done';
  logger.warn(`WEBHOOK_FAILED: ${reason}`, { webhookId, eventId, attempt: receiveCount });
  const off = offReasonOf(webhook, status, now);
  if (off) {
    logger.warn(`WEBHOOK_SWITCHED_OFF: ${off}`, { webhookId });
    await ports.webhooks.switchOff(webhookId, off);
    return 'done';
  }
  const delay = delaysSeconds[receiveCount - 1];
  if (delay === undefined) {
    logger.warn('WEBHOOK_GIVEN_UP: the receiver did not take the event in about a day', { webhookId, eventId });
    return 'done';
  }
  await ports.delay(receiptHandle, delay);
  return 'again';
}

function offReasonOf({ failing }: Webhook, status: number | undefined, now: Date): string | undefined {
  if (status === 410) return 'The receiver answered 410 Gone.';
  const since = failing?.since ?? now.toISOString();
  if (now.getTime() - Date.parse(since) < failingDaysMaximum * dayMilliseconds) return undefined;
  return `No delivery went well since ${since}; the last: ${failing?.reason ?? 'unknown'}`;
}

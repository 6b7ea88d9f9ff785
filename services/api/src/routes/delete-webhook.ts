import type { Route } from '@dropforge/handler-kit';
import type { Ports } from '../ports.ts';
import { problem } from '../problem.ts';
import { maySeeWebhook, webhookView } from '../webhook-view.ts';

/** Ends a webhook; messages that wait for it are dropped by who delivers them. */
export const deleteWebhook: Route<Ports> = async (request, { webhooks }) => {
  const webhook = (await webhooks.store.list()).find(({ webhookId }) => webhookId === request.path.webhookId);
  const removed =
    webhook && maySeeWebhook(request, webhook) ? await webhooks.store.remove(webhook.webhookId) : undefined;
  if (!removed) throw problem('NO_SUCH_WEBHOOK', 'There is no such webhook. GET /webhooks lists them.');
  return { status: 200, body: webhookView(removed) };
};

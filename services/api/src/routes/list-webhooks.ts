import type { Route } from '@dropforge/handler-kit';
import type { Ports } from '../ports.ts';
import { maySeeWebhook, webhookView } from '../webhook-view.ts';

/** Every webhook that the caller may see, the oldest first. */
export const listWebhooks: Route<Ports> = async (request, { webhooks }) => {
  const all = await webhooks.store.list();
  return { status: 200, body: { webhooks: all.filter((one) => maySeeWebhook(request, one)).map(webhookView) } };
};

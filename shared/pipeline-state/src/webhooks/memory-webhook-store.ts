import { type Webhook, webhookMaximum } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

/** The webhook store in memory, for tests of what stands on it. */
export function createMemoryWebhookStore(): WebhookStore {
  const webhooks = new Map<string, Webhook>();
  const change = (webhookId: string, changed: (webhook: Webhook) => Webhook) => {
    const webhook = webhooks.get(webhookId);
    if (webhook) webhooks.set(webhookId, changed(webhook));
    return webhooks.get(webhookId);
  };
  return {
    list: async () => [...webhooks.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1)),
    async add(webhook) {
      if (webhooks.size >= webhookMaximum) return false;
      webhooks.set(webhook.webhookId, webhook);
      return true;
    },
    async remove(webhookId) {
      const webhook = webhooks.get(webhookId);
      webhooks.delete(webhookId);
      return webhook;
    },
    async noteSuccess(webhookId) {
      change(webhookId, ({ failing: _, ...rest }) => rest);
    },
    noteFailure: async (webhookId, at, reason) =>
      change(webhookId, (webhook) => ({ ...webhook, failing: { since: webhook.failing?.since ?? at, reason } })),
    async switchOff(webhookId, offReason) {
      change(webhookId, (webhook) => ({ ...webhook, offReason }));
    },
  };
}

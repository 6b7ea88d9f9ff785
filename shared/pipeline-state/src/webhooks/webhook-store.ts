import type { Webhook } from './webhook.ts';

/** Where webhooks live. Every store passes the contract suite in `webhook-store.contract.ts`. */
export interface WebhookStore {
  /** All of them, the oldest first; strongly consistent. */
  list(): Promise<Webhook[]>;
  /** False: there are `webhookMaximum` already, however many are added at once. */
  add(webhook: Webhook): Promise<boolean>;
  /** Gives what was removed; undefined: there is none. */
  remove(webhookId: string): Promise<Webhook | undefined>;
  noteSuccess(webhookId: string): Promise<void>;
  /** Keeps when the failures began; gives the webhook as it is now; undefined: there is none. */
  noteFailure(webhookId: string, at: string, reason: string): Promise<Webhook | undefined>;
  switchOff(webhookId: string, reason: string): Promise<void>;
}

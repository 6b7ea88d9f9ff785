import type { WebhookStore } from '@dropforge/pipeline-state/webhooks';

/** What the fan-out needs of the world. */
export interface FanOutPorts {
  readonly webhooks: Pick<WebhookStore, 'list'>;
  /** Puts messages into the queue of deliveries, all of them or it throws. */
  enqueue(messages: readonly string[]): Promise<void>;
}

/** What a delivery needs of the world. */
export interface DeliveryPorts {
  readonly webhooks: Pick<WebhookStore, 'list' | 'noteSuccess' | 'noteFailure' | 'switchOff'>;
  now(): Date;
  /** What every webhook's secret is made of. */
  stackKey(): Promise<string>;
  send: SendRequest;
  /** Hides a message for so long, 0 to 43,200 seconds. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
}

/** POSTs once; never throws: whatever goes wrong is the receiver's, or the way's to it. */
export type SendRequest = (request: WebhookRequest) => Promise<SendOutcome>;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `status`: what was answered, if anything was. */
export type SendOutcome =
  | { readonly ok: true; readonly status: number }
  | { readonly ok: false; readonly status?: number; readonly reason: string };

import { z } from 'zod';

/** What waits in the queue: one event for one webhook. */
export const DeliveryMessage = z.object({
  webhookId: z.string(),
  eventId: z.string(),
  /** The body, exactly as it will be sent. */
  body: z.string(),
});
export type DeliveryMessage = z.output<typeof DeliveryMessage>;

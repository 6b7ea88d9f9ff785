import { contractOf } from '@dropforge/events';
import { type Delivery, logger } from '@dropforge/handler-kit';
import { wants } from '@dropforge/pipeline-state/webhooks';
import type { DeliveryMessage } from './delivery-message.ts';
import type { FanOutPorts } from './ports.ts';

/** Queues an event for every webhook that wants it. A repeated event is queued again: receivers know it by its id. */
export async function fanOut({ eventId, occurredAt, event }: Delivery, ports: FanOutPorts): Promise<void> {
  const webhooks = await ports.webhooks.list();
  const wanting = webhooks.filter((webhook) => wants(webhook, { name: event.name, project: event.data.project }));
  if (wanting.length === 0) return;
  const version = contractOf(event.name)?.version;
  const body = JSON.stringify({ type: event.name, version, eventId, occurredAt, data: event.data });
  const messages = wanting.map(({ webhookId }): DeliveryMessage => ({ webhookId, eventId, body }));
  await ports.enqueue(messages.map((message) => JSON.stringify(message)));
  logger.info(`WEBHOOKS_QUEUED: ${event.name}`, { webhooks: wanting.length });
}

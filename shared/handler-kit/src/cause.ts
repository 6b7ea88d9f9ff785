import type { Cause } from '@dropforge/pipeline-state';
import { z } from 'zod';

/** What Lambda was invoked with, as far as it says who it is: an event, a request, a batch of messages, a report. */
const Invocation = z.union([
  z
    .object({ id: z.string(), 'detail-type': z.string(), detail: z.object({ eventId: z.string().optional() }) })
    .transform(({ id, detail, 'detail-type': type }) => ({ id: detail.eventId ?? id, type })),
  z
    .object({ routeKey: z.string(), requestContext: z.object({ requestId: z.string() }) })
    .transform(({ routeKey, requestContext }) => ({ id: requestContext.requestId, type: routeKey })),
  z
    .object({ Records: z.tuple([z.object({ messageId: z.string(), eventSourceARN: z.string() })]).rest(z.unknown()) })
    .transform(({ Records: [{ messageId, eventSourceARN }] }) => ({ id: messageId, type: eventSourceARN })),
  z
    .object({ thing: z.string(), status: z.string(), sentAt: z.string() })
    .transform(({ thing, status, sentAt }) => ({ id: `${thing} ${sentAt}`, type: `report ${status}` })),
]);

/** Ids and types come from outside, and stand in the log and in the run. */
const maximum = 200;

/** What is being handled; `requestId`, Lambda's own, where the invocation does not say. */
export function causeOf(invocation: unknown, requestId: string): Cause {
  const { data } = Invocation.safeParse(invocation);
  if (!data) return { id: requestId, type: 'invocation' };
  return { id: data.id.slice(0, maximum), type: data.type.slice(0, maximum) };
}

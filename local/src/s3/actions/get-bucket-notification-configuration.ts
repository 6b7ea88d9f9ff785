import type { Action } from '../call.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?notification */
export const getBucketNotificationConfiguration: Action = ({ request, store }) => {
  const { eventBridge } = store.buckets.get(request.bucket);
  return xmlReply(writeXml('NotificationConfiguration', eventBridge ? { EventBridgeConfiguration: '' } : ''));
};

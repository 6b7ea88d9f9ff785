import { readDocument } from '../body/read-document.ts';
import type { Action } from '../call.ts';
import { S3Error } from '../wire/s3-error.ts';

const OTHER_TARGETS = ['QueueConfiguration', 'TopicConfiguration', 'CloudFunctionConfiguration'];

/**
 * PUT /bucket?notification. It replaces the configuration as a whole, so a document without EventBridge switches
 * EventBridge off. The older targets, queues, topics and functions, are not here.
 */
export const putBucketNotificationConfiguration: Action = async ({ request, verified, store }) => {
  store.buckets.get(request.bucket);
  const configuration = await readDocument(request, verified, { root: 'NotificationConfiguration' });
  const other = OTHER_TARGETS.find((name) => configuration.all(name).length > 0);
  if (other) throw new S3Error('NotImplemented', { fields: { Element: other } });
  store.buckets.setEventBridge(request.bucket, configuration.all('EventBridgeConfiguration').length > 0);
  return { status: 200 };
};

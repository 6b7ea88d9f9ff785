/** S3's "Object Created" as EventBridge carries it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
import type { EventInput } from './bus/event-bus.ts';
import type { ObjectCreated } from './s3/index.ts';

/** The key is raw: EventBridge's events, unlike S3's own notifications, are not URL-encoded. */
export function objectCreatedEvent(object: ObjectCreated): EventInput {
  const { bucket, key, size, etag, versionId, sequencer, reason, requestId, requester, sourceIpAddress } = object;
  return {
    source: 'aws.s3',
    detailType: 'Object Created',
    time: new Date(object.time),
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size, etag, ...(versionId === undefined ? {} : { 'version-id': versionId }), sequencer },
      'request-id': requestId,
      requester,
      'source-ip-address': sourceIpAddress,
      reason,
    },
  };
}

/** The one place where a new version of an object becomes visible. */

import type { Call } from './call.ts';
import type { Bucket } from './store/buckets.ts';
import type { NewObject } from './store/objects.ts';
import type { ObjectCreated } from './store/outbox.ts';
import type { StoredObject } from './store/stored-object.ts';
import { checkWriteConditions } from './wire/conditions.ts';

interface Commit {
  readonly reason: ObjectCreated['reason'];
  readonly object: NewObject;
  /** Runs in the same transaction; returns further blobs that nothing refers to any more. */
  readonly also?: () => readonly string[];
}

/**
 * In one transaction: the conditions hold, the version is there, its notification waits in the outbox.
 * If it throws, nothing has happened, and the caller still owns the object's blobs.
 */
export async function commitObject(
  call: Call,
  { reason, object, also }: Commit,
): Promise<{ bucket: Bucket; stored: StoredObject }> {
  const { request, store } = call;
  const { bucket, stored, garbage } = store.transaction(() => {
    const bucket = store.buckets.get(request.bucket); // it may have changed, or gone, while the body came in
    checkWriteConditions(request, store.objects.find(request.bucket, object.key));
    const put = store.objects.put(bucket, object);
    if (bucket.eventBridge) store.outbox.add(describe(call, bucket, put.object, reason));
    return { bucket, stored: put.object, garbage: [...put.garbage, ...(also?.() ?? [])] };
  });
  store.outbox.flush();
  await store.blobs.remove(garbage);
  return { bucket, stored };
}

function describe(
  { request, verified }: Call,
  bucket: Bucket,
  object: StoredObject,
  reason: ObjectCreated['reason'],
): ObjectCreated {
  return {
    bucket: bucket.name,
    key: object.key,
    size: object.size,
    etag: object.etag,
    ...(bucket.versioning === 'Enabled' ? { versionId: object.version } : {}),
    sequencer: object.sequence.toString(16).toUpperCase().padStart(18, '0'),
    reason,
    requestId: request.id,
    requester: verified.accessKeyId,
    sourceIpAddress: request.sourceIp,
    time: new Date(object.modifiedMs).toISOString(),
  };
}

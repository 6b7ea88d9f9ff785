import { receiveBody } from '../body/receive.ts';
import type { Action } from '../call.ts';
import { commitObject } from '../commit-object.ts';
import { checkWriteConditions } from '../wire/conditions.ts';
import { checksumHeaders, identityHeaders, keptHeaders } from '../wire/object-headers.ts';
import { tagsFromHeader } from '../wire/tags.ts';

/** PUT /bucket/key */
export const putObject: Action = async (call) => {
  const { request, verified, store, now } = call;
  store.buckets.get(request.bucket);
  // Checked again when the object becomes visible; here it spares the client from sending a body in vain.
  checkWriteConditions(request, store.objects.find(request.bucket, request.key));
  const headers = keptHeaders(request);
  const tags = tagsFromHeader(request.header('x-amz-tagging'));
  const { blob, size, md5, checksums, algorithm } = await receiveBody(request, verified, store.blobs);
  const object = {
    key: request.key,
    etag: md5,
    modifiedMs: now().getTime(),
    checksum: { algorithm, type: 'FULL_OBJECT' as const, value: checksums.get(algorithm) ?? '' },
    headers,
    tags,
    parts: [{ number: 1, blob, size, checksum: undefined }],
  };
  try {
    const { bucket, stored } = await commitObject(call, { reason: 'PutObject', object });
    return { status: 200, headers: { ...identityHeaders(bucket, stored), ...checksumHeaders(stored) } };
  } catch (error) {
    await store.blobs.remove([blob]);
    throw error;
  }
};

import type { Action } from '../call.ts';
import { removeObject } from '../remove-object.ts';

/** DELETE /bucket/key[?versionId=…]. Deleting what is not there succeeds. */
export const deleteObject: Action = async ({ request, store, now }) => {
  const removed = await removeObject(store, {
    bucket: request.bucket,
    key: request.key,
    version: request.query.get('versionId'),
    ifMatch: request.header('if-match'),
    modifiedMs: now().getTime(),
  });
  return {
    status: 204,
    headers: {
      'x-amz-delete-marker': removed.isDeleteMarker ? 'true' : undefined,
      'x-amz-version-id': removed.version,
    },
  };
};

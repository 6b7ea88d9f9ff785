import type { Action } from '../call.ts';

/** DELETE /bucket/key?uploadId=… */
export const abortMultipartUpload: Action = async ({ request, store }) => {
  store.buckets.get(request.bucket);
  const garbage = store.transaction(() =>
    store.uploads.remove(store.uploads.get(request.bucket, request.key, request.query.get('uploadId') ?? '')),
  );
  await store.blobs.remove(garbage);
  return { status: 204 };
};

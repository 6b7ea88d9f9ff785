import type { Action } from '../call.ts';
import { readable } from '../store/objects.ts';
import { versionHeader } from '../wire/object-headers.ts';

/** DELETE /bucket/key?tagging */
export const deleteObjectTagging: Action = ({ request, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const object = readable(store.objects, request.bucket, request.key, request.query.get('versionId'));
  store.objects.setTags(object, {});
  return { status: 204, headers: versionHeader(bucket, object) };
};

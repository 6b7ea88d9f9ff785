import { readDocument } from '../body/read-document.ts';
import type { Action } from '../call.ts';
import { readable } from '../store/objects.ts';
import { versionHeader } from '../wire/object-headers.ts';
import { tagsFromXml } from '../wire/tags.ts';

/** PUT /bucket/key?tagging. It replaces all tags, and neither the ETag nor the time of the object changes. */
export const putObjectTagging: Action = async ({ request, verified, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const tags = tagsFromXml(await readDocument(request, verified, { root: 'Tagging' }));
  const object = readable(store.objects, request.bucket, request.key, request.query.get('versionId'));
  store.objects.setTags(object, tags);
  return { status: 200, headers: versionHeader(bucket, object) };
};

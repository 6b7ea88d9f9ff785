import type { Action } from '../call.ts';
import { readable } from '../store/objects.ts';
import { versionHeader } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket/key?tagging */
export const getObjectTagging: Action = ({ request, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const object = readable(store.objects, request.bucket, request.key, request.query.get('versionId'));
  const tags = Object.entries(object.tags).map(([name, value]) => ({ Key: name, Value: value }));
  return xmlReply(writeXml('Tagging', { TagSet: { Tag: tags } }), versionHeader(bucket, object));
};

import type { Action } from '../call.ts';
import { positionAfter, readPage } from '../store/listing.ts';
import { objectOf } from '../store/stored-object.ts';
import { OWNER, objectEntry, readEncoding, readMax } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket: the first version of the list, which older clients still use. */
export const listObjects: Action = ({ request, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const prefix = request.query.get('prefix') ?? '';
  const delimiter = request.query.get('delimiter') ?? '';
  const marker = request.query.get('marker') ?? '';
  const max = readMax(request, 'max-keys');
  const { encode, encodingType } = readEncoding(request);
  const position = marker === '' ? { from: Buffer.alloc(0) } : positionAfter(marker, { prefix, delimiter });
  const page = readPage(store.lists.objects(bucket.name), { prefix, delimiter, max, position });
  const result = {
    Name: bucket.name,
    Prefix: encode(prefix),
    Marker: encode(marker),
    // Without a delimiter S3 leaves it out, and a client continues after the last key that it got.
    NextMarker: page.isTruncated && delimiter !== '' && page.last ? encode(page.last.key) : undefined,
    MaxKeys: max,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.isTruncated,
    Contents: page.rows
      .map(objectOf)
      .map((object) => ({ Key: encode(object.key), ...objectEntry(object), Owner: OWNER })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  };
  return xmlReply(writeXml('ListBucketResult', result));
};

import type { Action } from '../call.ts';
import { type Position, positionAfter, readPage } from '../store/listing.ts';
import { objectOf } from '../store/stored-object.ts';
import { OWNER, objectEntry, readEncoding, readMax } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?list-type=2 */
export const listObjectsV2: Action = ({ request, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const { query } = request;
  if (query.get('list-type') !== '2') throw new S3Error('InvalidArgument', { fields: { ArgumentName: 'list-type' } });
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const startAfter = query.get('start-after');
  const max = readMax(request, 'max-keys');
  const withOwner = query.get('fetch-owner') === 'true';
  const { encode, encodingType } = readEncoding(request);
  const page = readPage(store.lists.objects(bucket.name), { prefix, delimiter, max, position: readPosition(request) });
  const result = {
    Name: bucket.name,
    Prefix: encode(prefix),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: query.get('continuation-token'),
    NextContinuationToken: page.isTruncated && page.last ? writeToken(page.last.key) : undefined,
    KeyCount: page.rows.length + page.commonPrefixes.length,
    MaxKeys: max,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.isTruncated,
    Contents: page.rows.map(objectOf).map((object) => ({
      Key: encode(object.key),
      ...objectEntry(object),
      Owner: withOwner ? OWNER : undefined,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  };
  return xmlReply(writeXml('ListBucketResult', result));
};

/** A continuation token counts more than a start. */
function readPosition({ query }: S3Request): Position {
  const grouping = { prefix: query.get('prefix') ?? '', delimiter: query.get('delimiter') ?? '' };
  const token = query.get('continuation-token');
  if (token !== undefined) return positionAfter(readToken(token), grouping);
  const startAfter = query.get('start-after') ?? '';
  return startAfter === '' ? { from: Buffer.alloc(0) } : positionAfter(startAfter, grouping);
}

/** The last key of the page. It is encoded so that nobody takes it for one and makes up their own. */
function writeToken(key: string): string {
  return Buffer.from(`1${key}`, 'utf8').toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('1') && writeToken(text.slice(1)) === token) return text.slice(1);
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    fields: { ArgumentName: 'continuation-token' },
  });
}

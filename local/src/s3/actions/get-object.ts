import type { Action } from '../call.ts';
import { type ObjectPart, readable, slicesOf } from '../store/objects.ts';
import type { StoredObject } from '../store/stored-object.ts';
import { type ByteRange, readRange } from '../wire/byte-range.ts';
import { checkReadConditions } from '../wire/conditions.ts';
import { objectHeaders } from '../wire/object-headers.ts';
import { headerValue, type S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';

/** GET and HEAD /bucket/key, which differ in nothing but the body. */
export const getObject: Action = ({ request, store }) => {
  const bucket = store.buckets.get(request.bucket);
  const object = readable(store.objects, request.bucket, request.key, request.query.get('versionId'));
  checkReadConditions(request, object);
  const parts = store.objects.parts(object);
  const part = readPart(request, object, parts);
  const range = part ?? readRange(rangeHeader(request, object), object.size);
  const { start, end } = range ?? { start: 0, end: object.size };
  const headers = {
    // The checksum is that of the whole object, so S3 leaves it out where the reader gets a piece.
    ...objectHeaders(bucket, object, { withChecksum: request.header('x-amz-checksum-mode') === 'ENABLED' && !range }),
    ...responseOverrides(request),
    'content-length': end - start,
    'content-range': range && `bytes ${start}-${end - 1}/${object.size}`,
    'x-amz-mp-parts-count': part && isMultipart(object) ? parts.length : undefined,
  };
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return { status, headers };
  return { status, headers, body: store.blobs.read(slicesOf(parts, start, end)) };
};

/** If-Range: the range, if the object is still the one the reader has a piece of; otherwise all of it. */
function rangeHeader(request: S3Request, object: StoredObject): string | undefined {
  const ifRange = request.header('if-range');
  return ifRange === undefined || ifRange === `"${object.etag}"` ? request.header('range') : undefined;
}

/** `?partNumber=n`: the bytes that were uploaded as one part. Whatever came in one piece has one. */
function readPart(request: S3Request, object: StoredObject, parts: readonly ObjectPart[]): ByteRange | undefined {
  const text = request.query.get('partNumber');
  if (text === undefined) return undefined;
  if (request.header('range') !== undefined) {
    throw new S3Error('InvalidRequest', { message: 'Cannot specify both Range header and partNumber query parameter' });
  }
  const index = parts.findIndex(({ number }) => String(number) === text);
  const part = parts[index];
  if (!part)
    throw new S3Error('InvalidPartNumber', { fields: { PartNumberRequested: text, ActualPartCount: parts.length } });
  if (object.size === 0) return undefined; // no range has no byte
  const start = parts.slice(0, index).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + part.size };
}

function isMultipart({ etag }: StoredObject): boolean {
  return etag.includes('-');
}

const OVERRIDES = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** Who signs the request, or presigns it, may choose how the answer is labelled. Throws InvalidArgument. */
function responseOverrides({ query }: S3Request): Record<string, string> {
  const overrides: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = query.get(`response-${name}`);
    if (value !== undefined) overrides[name] = headerValue(`response-${name}`, value);
  }
  return overrides;
}

import type { Action, Call } from '../call.ts';
import { keyBytes } from '../store/key-order.ts';
import { type Position, positionAfter, readPage } from '../store/listing.ts';
import { objectOf } from '../store/stored-object.ts';
import { listTime, OWNER, objectEntry, readEncoding, readMax } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?versions: every version and delete marker, by key, those of one key newest first. */
export const listObjectVersions: Action = (call) => {
  const { request, store } = call;
  const bucket = store.buckets.get(request.bucket);
  const prefix = request.query.get('prefix') ?? '';
  const delimiter = request.query.get('delimiter') ?? '';
  const keyMarker = request.query.get('key-marker') ?? '';
  const versionIdMarker = request.query.get('version-id-marker') ?? '';
  const max = readMax(request, 'max-keys');
  const { encode, encodingType } = readEncoding(request);
  const page = readPage(store.lists.versions(bucket.name), { prefix, delimiter, max, position: readPosition(call) });
  const versions = page.rows.map(objectOf);
  const result = {
    Name: bucket.name,
    Prefix: encode(prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionIdMarker,
    NextKeyMarker: page.isTruncated && page.last ? encode(page.last.key) : undefined,
    NextVersionIdMarker: page.isTruncated ? page.last?.row?.version : undefined,
    MaxKeys: max,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: encodingType,
    IsTruncated: page.isTruncated,
    Version: versions
      .filter(({ isDeleteMarker }) => !isDeleteMarker)
      .map((version) => ({
        Key: encode(version.key),
        VersionId: version.version,
        IsLatest: version.isLatest,
        ...objectEntry(version),
        Owner: OWNER,
      })),
    DeleteMarker: versions
      .filter(({ isDeleteMarker }) => isDeleteMarker)
      .map((marker) => ({
        Key: encode(marker.key),
        VersionId: marker.version,
        IsLatest: marker.isLatest,
        LastModified: listTime(marker.modifiedMs),
        Owner: OWNER,
      })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  };
  return xmlReply(writeXml('ListVersionsResult', result));
};

function readPosition({ request, store }: Call): Position {
  const { query } = request;
  const keyMarker = query.get('key-marker') ?? '';
  const versionIdMarker = query.get('version-id-marker') ?? '';
  if (versionIdMarker !== '' && keyMarker === '') {
    throw new S3Error('InvalidArgument', {
      message: 'A version-id marker cannot be specified without a key marker.',
      fields: { ArgumentName: 'version-id-marker', ArgumentValue: versionIdMarker },
    });
  }
  if (keyMarker === '') return { from: Buffer.alloc(0) };
  const marked = versionIdMarker === '' ? undefined : store.objects.find(request.bucket, keyMarker, versionIdMarker);
  if (marked) return { from: keyBytes(keyMarker), afterSequence: marked.sequence };
  return positionAfter(keyMarker, { prefix: query.get('prefix') ?? '', delimiter: query.get('delimiter') ?? '' });
}

/** Headers that are kept with an object, and headers that speak of one. */

import { checksumHeader } from '../body/checksums.ts';
import type { Bucket } from '../store/buckets.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
];

const METADATA_BYTES_MAX = 2048;

/** These would change what is stored or who may read it, so ignoring them would be worse than refusing them. */
const UNSUPPORTED_HEADERS = [
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-legal-hold',
  'x-amz-write-offset-bytes',
];

/** What to keep of an upload's headers. Throws MetadataTooLarge, and NotImplemented for encryption with own keys or locks. */
export function keptHeaders(request: S3Request): Record<string, string> {
  const unsupported = UNSUPPORTED_HEADERS.find((name) => request.header(name) !== undefined);
  if (unsupported) throw new S3Error('NotImplemented', { fields: { Header: unsupported } });
  if (request.header('x-amz-server-side-encryption')?.startsWith('aws:kms')) {
    throw new S3Error('NotImplemented', { fields: { Header: 'x-amz-server-side-encryption' } });
  }
  const metadata = request.headersWith('x-amz-meta-');
  const metadataBytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + value.length,
    0,
  );
  if (metadataBytes > METADATA_BYTES_MAX) {
    throw new S3Error('MetadataTooLarge', { fields: { Size: metadataBytes, MaxSizeAllowed: METADATA_BYTES_MAX } });
  }
  const kept = KEPT_HEADERS.map((name) => [name, request.header(name)] as const).concat(metadata);
  const headers = Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
  return { 'content-type': 'binary/octet-stream', ...withoutAwsChunked(headers) };
}

/** aws-chunked says how the body travelled, not what the object is. */
function withoutAwsChunked({
  'content-encoding': encoding,
  ...headers
}: Record<string, string>): Record<string, string> {
  const codings = (encoding ?? '').split(',').map((coding) => coding.trim());
  const stored = codings.filter((coding) => coding !== '' && coding !== 'aws-chunked').join(',');
  return stored === '' ? headers : { ...headers, 'content-encoding': stored };
}

/** What GET and HEAD say of an object, apart from its length. */
export function objectHeaders(
  bucket: Bucket,
  object: StoredObject,
  { withChecksum }: { withChecksum: boolean },
): Record<string, string> {
  const { 'x-amz-storage-class': storageClass, ...headers } = object.headers;
  const tagCount = Object.keys(object.tags).length;
  return {
    ...headers,
    // S3 never says STANDARD.
    ...(storageClass && storageClass !== 'STANDARD' ? { 'x-amz-storage-class': storageClass } : {}),
    ...(tagCount > 0 ? { 'x-amz-tagging-count': String(tagCount) } : {}),
    ...(withChecksum ? checksumHeaders(object) : {}),
    ...identityHeaders(bucket, object),
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.modifiedMs).toUTCString(),
  };
}

/** What every answer about a version has. S3 encrypts everything since 2023, and says so. */
export function identityHeaders(bucket: Bucket, object: StoredObject): Record<string, string> {
  return { etag: `"${object.etag}"`, 'x-amz-server-side-encryption': 'AES256', ...versionHeader(bucket, object) };
}

/** A bucket that never had versioning does not speak of versions. */
export function versionHeader({ versioning }: Bucket, { version }: StoredObject): Record<string, string> {
  return versioning === undefined ? {} : { 'x-amz-version-id': version };
}

export function checksumHeaders({ checksum }: Pick<StoredObject, 'checksum'>): Record<string, string> {
  if (!checksum) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

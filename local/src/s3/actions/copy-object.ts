import { type ChecksumAlgorithm, checksumElement, DEFAULT_ALGORITHM, readAlgorithm } from '../body/checksums.ts';
import { receive } from '../body/receive.ts';
import type { Action, Call } from '../call.ts';
import { commitObject } from '../commit-object.ts';
import { type CopySource, readCopySource } from '../copy-source.ts';
import { slicesOf } from '../store/objects.ts';
import { checkWriteConditions } from '../wire/conditions.ts';
import { listTime } from '../wire/list-format.ts';
import { keptHeaders, versionHeader } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { tagsFromHeader } from '../wire/tags.ts';
import { writeXml } from '../wire/xml.ts';

const SOURCE_BYTES_MAX = 5 * 1024 ** 3;

/**
 * PUT /bucket/key with x-amz-copy-source. A copy is a new object in one piece: of a source that was uploaded in parts it
 * has another ETag.
 */
export const copyObject: Action = async (call) => {
  const { request, store, now } = call;
  store.buckets.get(request.bucket);
  checkWriteConditions(request, store.objects.find(request.bucket, request.key));
  const source = readCopySource(call);
  if (source.object.size > SOURCE_BYTES_MAX) {
    throw new S3Error('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${SOURCE_BYTES_MAX}`,
    });
  }
  const replacesMetadata = readDirective(request, 'x-amz-metadata-directive') === 'REPLACE';
  const replacesTags = readDirective(request, 'x-amz-tagging-directive') === 'REPLACE';
  if (!replacesMetadata) refuseToCopyOntoItself(call, source);
  const headers = replacesMetadata ? keptHeaders(request) : copiedHeaders(request, source);
  const tags = replacesTags ? tagsFromHeader(request.header('x-amz-tagging')) : source.object.tags;
  const algorithm = chooseAlgorithm(request, source);
  const slices = slicesOf(store.objects.parts(source.object), 0, source.object.size);
  const { blob, size, md5, checksums } = await receive(store.blobs.read(slices), store.blobs, {
    algorithms: [algorithm],
  });
  const checksum = { algorithm, type: 'FULL_OBJECT' as const, value: checksums.get(algorithm) ?? '' };
  const parts = [{ number: 1, blob, size, checksum: undefined }];
  const object = { key: request.key, etag: md5, modifiedMs: now().getTime(), checksum, headers, tags, parts };
  try {
    const { bucket, stored } = await commitObject(call, { reason: 'CopyObject', object });
    const result = {
      LastModified: listTime(stored.modifiedMs),
      ETag: `"${stored.etag}"`,
      [checksumElement(algorithm)]: checksum.value,
      ChecksumType: checksum.type,
    };
    const sourceVersion = versionHeader(source.bucket, source.object)['x-amz-version-id'];
    return xmlReply(writeXml('CopyObjectResult', result), {
      ...versionHeader(bucket, stored),
      'x-amz-copy-source-version-id': sourceVersion,
      'x-amz-server-side-encryption': 'AES256',
    });
  } catch (error) {
    await store.blobs.remove([blob]);
    throw error;
  }
};

function readDirective(request: S3Request, name: string): 'COPY' | 'REPLACE' {
  const directive = request.header(name) ?? 'COPY';
  if (directive === 'COPY' || directive === 'REPLACE') return directive;
  throw new S3Error('InvalidArgument', {
    message: 'Unknown directive.',
    fields: { ArgumentName: name, ArgumentValue: directive },
  });
}

/** Copying the latest version onto itself must change something; bringing back an older version is a change. */
function refuseToCopyOntoItself({ request }: Call, { object, namesVersion }: CopySource): void {
  const isItself = object.bucket === request.bucket && object.key === request.key && !namesVersion;
  const changesSomething =
    request.header('x-amz-storage-class') !== undefined ||
    request.header('x-amz-website-redirect-location') !== undefined ||
    request.header('x-amz-server-side-encryption') !== undefined;
  if (!isItself || changesSomething) return;
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  });
}

/** The storage class belongs to the copy and not to what was copied. */
function copiedHeaders(request: S3Request, { object }: CopySource): Record<string, string> {
  const { 'x-amz-storage-class': _ofSource, ...headers } = object.headers;
  const storageClass = keptHeaders(request)['x-amz-storage-class'];
  return storageClass === undefined ? headers : { ...headers, 'x-amz-storage-class': storageClass };
}

function chooseAlgorithm(request: S3Request, { object }: CopySource): ChecksumAlgorithm {
  const asked = request.header('x-amz-checksum-algorithm');
  const algorithm = readAlgorithm(asked);
  if (asked !== undefined && !algorithm) {
    throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
  }
  return algorithm ?? object.checksum?.algorithm ?? DEFAULT_ALGORITHM;
}

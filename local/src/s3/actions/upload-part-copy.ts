import { checksumElement, DEFAULT_ALGORITHM } from '../body/checksums.ts';
import { receive } from '../body/receive.ts';
import type { Action } from '../call.ts';
import { readCopySource } from '../copy-source.ts';
import { readPartNumber } from '../part-number.ts';
import { slicesOf } from '../store/objects.ts';
import type { ByteRange } from '../wire/byte-range.ts';
import { listTime } from '../wire/list-format.ts';
import { versionHeader } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml } from '../wire/xml.ts';

/** PUT /bucket/key?uploadId=…&partNumber=… with x-amz-copy-source: a part whose bytes come from another object. */
export const uploadPartCopy: Action = async (call) => {
  const { request, store, now } = call;
  store.buckets.get(request.bucket);
  const number = readPartNumber(request);
  const upload = store.uploads.get(request.bucket, request.key, request.query.get('uploadId') ?? '');
  const source = readCopySource(call);
  const { start, end } = readSourceRange(request.header('x-amz-copy-source-range'), source.object.size);
  const algorithm = upload.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const slices = slicesOf(store.objects.parts(source.object), start, end);
  const { blob, size, md5, checksums } = await receive(store.blobs.read(slices), store.blobs, {
    algorithms: [algorithm],
  });
  const checksum = { algorithm, value: checksums.get(algorithm) ?? '' };
  const modifiedMs = now().getTime();
  try {
    await store.blobs.remove(store.uploads.putPart(upload, { number, blob, size, md5, checksum, modifiedMs }));
  } catch (error) {
    await store.blobs.remove([blob]);
    throw error;
  }
  const result = {
    LastModified: listTime(modifiedMs),
    ETag: `"${md5}"`,
    [checksumElement(algorithm)]: upload.checksum ? checksum.value : undefined,
  };
  return xmlReply(writeXml('CopyPartResult', result), {
    'x-amz-copy-source-version-id': versionHeader(source.bucket, source.object)['x-amz-version-id'],
  });
};

/** Unlike a reader's Range, this one must name both ends and must lie within the source. */
function readSourceRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined) return { start: 0, end: size };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  if (first === undefined || last === undefined) {
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
    });
  }
  const range = { start: Number(first), end: Number(last) + 1 };
  if (range.start < range.end && range.end <= size) return range;
  throw new S3Error('InvalidArgument', {
    message: `Range specified is not valid for source object of size: ${size}`,
    fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
  });
}

import { type ChecksumAlgorithm, type ChecksumType, isCrc, readAlgorithm } from '../body/checksums.ts';
import type { Action } from '../call.ts';
import { keptHeaders } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { tagsFromHeader } from '../wire/tags.ts';
import { writeXml } from '../wire/xml.ts';

/** POST /bucket/key?uploads */
export const createMultipartUpload: Action = ({ request, store, now }) => {
  const bucket = store.buckets.get(request.bucket);
  const checksum = chooseChecksum(request);
  const upload = store.uploads.start({
    bucket: bucket.name,
    key: request.key,
    startedMs: now().getTime(),
    checksum,
    headers: keptHeaders(request),
    tags: tagsFromHeader(request.header('x-amz-tagging')),
  });
  const document = writeXml('InitiateMultipartUploadResult', {
    Bucket: bucket.name,
    Key: request.key,
    UploadId: upload.id,
  });
  return xmlReply(document, {
    'x-amz-checksum-algorithm': checksum?.algorithm,
    'x-amz-checksum-type': checksum?.type,
    'x-amz-server-side-encryption': 'AES256',
  });
};

/** SHA values of parts cannot be joined into that of the whole, and CRC-64 is only ever that of the whole. */
function chooseChecksum(request: S3Request): { algorithm: ChecksumAlgorithm; type: ChecksumType } | undefined {
  const asked = request.header('x-amz-checksum-algorithm');
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (asked === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error('InvalidRequest', {
      message: 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    });
  }
  const algorithm = readAlgorithm(asked);
  if (!algorithm) throw new S3Error('InvalidRequest', { message: 'Checksum algorithm provided is unsupported.' });
  const possible: ChecksumType[] =
    algorithm === 'CRC64NVME' ? ['FULL_OBJECT'] : isCrc(algorithm) ? ['COMPOSITE', 'FULL_OBJECT'] : ['COMPOSITE'];
  const chosen = possible.find((one) => type === undefined || one === type);
  if (chosen) return { algorithm, type: chosen };
  throw new S3Error('InvalidRequest', {
    message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  });
}

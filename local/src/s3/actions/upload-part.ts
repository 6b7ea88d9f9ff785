import { type ChecksumAlgorithm, checksumHeader, DEFAULT_ALGORITHM } from '../body/checksums.ts';
import { declaredChecksum } from '../body/declared-checksum.ts';
import { receiveBody } from '../body/receive.ts';
import type { Action } from '../call.ts';
import { readPartNumber } from '../part-number.ts';
import type { Upload } from '../store/uploads.ts';
import { S3Error } from '../wire/s3-error.ts';

/** PUT /bucket/key?uploadId=…&partNumber=… */
export const uploadPart: Action = async ({ request, verified, store, now }) => {
  store.buckets.get(request.bucket);
  const number = readPartNumber(request);
  const upload = store.uploads.get(request.bucket, request.key, request.query.get('uploadId') ?? '');
  checkAlgorithm(upload, declaredChecksum(request)?.algorithm);
  const kept = upload.checksum?.algorithm ?? DEFAULT_ALGORITHM;
  const { blob, size, md5, checksums, algorithm, declared } = await receiveBody(request, verified, store.blobs, [kept]);
  const checksum = { algorithm: kept, value: checksums.get(kept) ?? '' };
  try {
    const part = { number, blob, size, md5, checksum, modifiedMs: now().getTime() };
    await store.blobs.remove(store.uploads.putPart(upload, part));
  } catch (error) {
    await store.blobs.remove([blob]);
    throw error;
  }
  return {
    status: 200,
    headers: {
      etag: `"${md5}"`,
      'x-amz-server-side-encryption': 'AES256',
      ...(declared ? { [checksumHeader(algorithm)]: checksums.get(algorithm) } : {}),
    },
  };
};

/** The parts of a composite checksum must come with theirs; where S3 chose the algorithm, a part may have any. */
function checkAlgorithm({ checksum }: Upload, declared: ChecksumAlgorithm | undefined): void {
  if (!checksum || declared === checksum.algorithm) return;
  if (declared === undefined && checksum.type === 'FULL_OBJECT') return;
  const names = [checksum.algorithm, declared].map((name) => name?.toLowerCase() ?? 'null');
  throw new S3Error('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${names[0]}, actual checksum Type: ${names[1]}`,
  });
}

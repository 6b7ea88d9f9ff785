import { checksumElement } from '../body/checksums.ts';
import type { Action } from '../call.ts';
import { listTime, OWNER, readMax } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket/key?uploadId=… */
export const listParts: Action = ({ request, store }) => {
  store.buckets.get(request.bucket);
  const upload = store.uploads.get(request.bucket, request.key, request.query.get('uploadId') ?? '');
  const max = readMax(request, 'max-parts');
  const markerText = request.query.get('part-number-marker') || '0';
  if (!/^\d{1,9}$/.test(markerText)) {
    throw new S3Error('InvalidArgument', { fields: { ArgumentName: 'part-number-marker', ArgumentValue: markerText } });
  }
  const found = store.uploads.parts(upload, Number(markerText), max + 1);
  const page = found.slice(0, max);
  const result = {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: OWNER,
    Owner: OWNER,
    StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
    PartNumberMarker: markerText,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: max > 0 && found.length > page.length,
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: listTime(part.modifiedMs),
      ETag: `"${part.md5}"`,
      Size: part.size,
      [checksumElement(part.checksum.algorithm)]: upload.checksum ? part.checksum.value : undefined,
    })),
  };
  return xmlReply(writeXml('ListPartsResult', result));
};

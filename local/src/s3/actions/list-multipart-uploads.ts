import type { Action, Call } from '../call.ts';
import { keyBytes } from '../store/key-order.ts';
import { type Position, positionAfter, readPage } from '../store/listing.ts';
import { uploadOf } from '../store/uploads.ts';
import { listTime, OWNER, readEncoding, readMax } from '../wire/list-format.ts';
import { xmlReply } from '../wire/reply.ts';
import { writeXml } from '../wire/xml.ts';

/** GET /bucket?uploads: unfinished uploads by key, those of one key by the time they were started. */
export const listMultipartUploads: Action = (call) => {
  const { request, store } = call;
  const bucket = store.buckets.get(request.bucket);
  const prefix = request.query.get('prefix') ?? '';
  const delimiter = request.query.get('delimiter') ?? '';
  const keyMarker = request.query.get('key-marker') ?? '';
  const uploadIdMarker = request.query.get('upload-id-marker') ?? '';
  const max = readMax(request, 'max-uploads');
  const { encode, encodingType } = readEncoding(request);
  const page = readPage(store.lists.uploads(bucket.name), { prefix, delimiter, max, position: readPosition(call) });
  const result = {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: uploadIdMarker,
    NextKeyMarker: page.isTruncated && page.last ? encode(page.last.key) : undefined,
    NextUploadIdMarker: page.isTruncated ? page.last?.row?.id : undefined,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: encodingType,
    MaxUploads: max,
    IsTruncated: page.isTruncated,
    Upload: page.rows.map(uploadOf).map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: upload.headers['x-amz-storage-class'] ?? 'STANDARD',
      Initiated: listTime(upload.startedMs),
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    })),
    CommonPrefixes: page.commonPrefixes.map((commonPrefix) => ({ Prefix: encode(commonPrefix) })),
  };
  return xmlReply(writeXml('ListMultipartUploadsResult', result));
};

/** The upload id counts only together with the key; one that is gone by now means all uploads of that key. */
function readPosition({ request, store }: Call): Position {
  const { query } = request;
  const keyMarker = query.get('key-marker') ?? '';
  if (keyMarker === '') return { from: Buffer.alloc(0) };
  const sequence = store.uploads.sequenceOf(query.get('upload-id-marker') ?? '');
  if (sequence !== undefined) return { from: keyBytes(keyMarker), afterSequence: sequence };
  return positionAfter(keyMarker, { prefix: query.get('prefix') ?? '', delimiter: query.get('delimiter') ?? '' });
}

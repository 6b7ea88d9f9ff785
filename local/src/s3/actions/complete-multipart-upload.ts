import { createHash } from 'node:crypto';
import { type Checksum, checksumElement, checksumHeader, DEFAULT_ALGORITHM, joinChecksums } from '../body/checksums.ts';
import { readDocument } from '../body/read-document.ts';
import type { Action } from '../call.ts';
import { commitObject } from '../commit-object.ts';
import { PARTS_MAX } from '../part-number.ts';
import type { Upload, UploadPart } from '../store/uploads.ts';
import { versionHeader } from '../wire/object-headers.ts';
import { xmlReply } from '../wire/reply.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { writeXml, type XmlElement } from '../wire/xml.ts';

const PART_BYTES_MIN = 5 * 1024 * 1024;

/**
 * POST /bucket/key?uploadId=…: the parts named become the object. No byte is copied: an object is a list of blobs, and
 * the parts' blobs become its own. Parts that are not named are dropped.
 */
export const completeMultipartUpload: Action = async (call) => {
  const { request, verified, store, now } = call;
  store.buckets.get(request.bucket);
  const upload = store.uploads.get(request.bucket, request.key, request.query.get('uploadId') ?? '');
  const document = await readDocument(request, verified, { root: 'CompleteMultipartUpload', checksumIsOfBody: false });
  const parts = chooseParts(upload, document.all('Part'), store.uploads.parts(upload));
  const checksum = joinChecksums(
    upload.checksum?.algorithm ?? DEFAULT_ALGORITHM,
    upload.checksum?.type ?? 'FULL_OBJECT',
    parts.map((part) => ({ value: part.checksum.value, size: part.size })),
  );
  checkPromises(request, checksum, parts);
  const object = {
    key: upload.key,
    etag: multipartEtag(parts),
    modifiedMs: now().getTime(),
    checksum,
    headers: upload.headers,
    tags: upload.tags,
    parts: parts.map(({ number, blob, size, checksum: { value } }) => ({
      number,
      blob,
      size,
      checksum: upload.checksum ? value : undefined,
    })),
  };
  const used = new Set(parts.map(({ blob }) => blob));
  const { bucket, stored } = await commitObject(call, {
    reason: 'CompleteMultipartUpload',
    object,
    also() {
      store.uploads.get(upload.bucket, upload.key, upload.id); // a second completion may have been faster
      return store.uploads.remove(upload).filter((blob) => !used.has(blob));
    },
  });
  const result = {
    Location: `http://${request.header('host')}${request.rawPath}`,
    Bucket: bucket.name,
    Key: stored.key,
    ETag: `"${stored.etag}"`,
    [checksumElement(checksum.algorithm)]: checksum.value,
    ChecksumType: checksum.type,
  };
  return xmlReply(writeXml('CompleteMultipartUploadResult', result), {
    ...versionHeader(bucket, stored),
    'x-amz-server-side-encryption': 'AES256',
  });
};

/** The MD5 of the parts' MD5s and their number: not a hash of the content. */
function multipartEtag(parts: readonly UploadPart[]): string {
  const hash = createHash('md5');
  for (const { md5 } of parts) hash.update(md5, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

/** The parts that the client names. Throws MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest. */
function chooseParts(upload: Upload, named: readonly XmlElement[], there: readonly UploadPart[]): UploadPart[] {
  if (named.length === 0 || named.length > PARTS_MAX) throw new S3Error('MalformedXML');
  const byNumber = new Map(there.map((part) => [part.number, part]));
  let previous = 0;
  const parts = named.map((element) => {
    const number = Number(element.textOf('PartNumber'));
    if (!Number.isInteger(number)) throw new S3Error('MalformedXML');
    if (number <= previous) throw new S3Error('InvalidPartOrder', { fields: { UploadId: upload.id } });
    previous = number;
    return checkPart(upload, element, byNumber.get(number));
  });
  const small = parts.slice(0, -1).find(({ size }) => size < PART_BYTES_MIN);
  if (small) {
    throw new S3Error('EntityTooSmall', {
      fields: { ProposedSize: small.size, MinSizeAllowed: PART_BYTES_MIN, PartNumber: small.number, ETag: small.md5 },
    });
  }
  return parts;
}

function checkPart(upload: Upload, element: XmlElement, part: UploadPart | undefined): UploadPart {
  const number = element.textOf('PartNumber') ?? '';
  const etag = (element.textOf('ETag') ?? '').replaceAll('"', '');
  const invalid = new S3Error('InvalidPart', { fields: { UploadId: upload.id, PartNumber: number, ETag: etag } });
  if (!part || part.md5 !== etag) throw invalid;
  if (!upload.checksum) return part;
  const { algorithm, type } = upload.checksum;
  const checksum = element.textOf(checksumElement(algorithm));
  if (checksum === undefined && type === 'COMPOSITE') {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
    });
  }
  if (checksum !== undefined && checksum !== part.checksum.value) throw invalid;
  return part;
}

/** What the client says about the whole object. */
function checkPromises(request: S3Request, checksum: Checksum, parts: readonly UploadPart[]): void {
  const promisedSize = request.header('x-amz-mp-object-size');
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (promisedSize !== undefined && Number(promisedSize) !== size) {
    throw new S3Error('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header value ${promisedSize} does not match what was computed: ${size}`,
    });
  }
  const promisedType = request.header('x-amz-checksum-type');
  if (promisedType !== undefined && promisedType !== checksum.type) {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  const promised = request.header(checksumHeader(checksum.algorithm));
  if (promised !== undefined && promised.split('-')[0] !== checksum.value.split('-')[0]) {
    throw new S3Error('BadDigest', {
      message: `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    });
  }
}

/** Reads a request's XML document, which is small enough to hold in memory. */

import { createHash } from 'node:crypto';
import type { VerifiedRequest } from '../auth/verify-request.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { readXml, type XmlElement } from '../wire/xml.ts';
import { createChecksum } from './checksums.ts';
import { declaredChecksum, promisedValue } from './declared-checksum.ts';
import { openBody } from './open-body.ts';

/** Enough for the longest that S3 allows: 10,000 parts with checksums, or 1,000 keys of 1,024 escaped bytes. */
const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;

interface DocumentOptions {
  readonly root: string;
  /** False where the checksum headers speak of something else than this document. */
  readonly checksumIsOfBody?: boolean;
}

/** Throws MalformedXML, MaxMessageLengthExceeded, BadDigest, IncompleteBody, XAmzContentSHA256Mismatch. */
export async function readDocument(
  request: S3Request,
  { payload }: VerifiedRequest,
  { root, checksumIsOfBody = true }: DocumentOptions,
): Promise<XmlElement> {
  const declared = checksumIsOfBody ? declaredChecksum(request) : undefined;
  const { bytes, length, trailers } = openBody(request, payload);
  if (length > DOCUMENT_BYTES_MAX) throw new S3Error('MaxMessageLengthExceeded');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > length) throw new S3Error('IncompleteBody');
    pieces.push(piece);
  }
  if (size !== length) throw new S3Error('IncompleteBody');
  const body = Buffer.concat(pieces);
  if (payload.kind === 'whole' && payload.sha256 !== undefined && digest('sha256', body, 'hex') !== payload.sha256) {
    throw new S3Error('XAmzContentSHA256Mismatch');
  }
  const contentMd5 = request.header('content-md5');
  if (contentMd5 !== undefined && contentMd5 !== digest('md5', body, 'base64')) throw new S3Error('BadDigest');
  if (declared) {
    const checksum = createChecksum(declared.algorithm);
    checksum.update(body);
    if (checksum.digest().toString('base64') !== promisedValue(declared, trailers)) throw new S3Error('BadDigest');
  }
  return readXml(body.toString('utf8'), root);
}

function digest(algorithm: string, body: Buffer, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(body).digest(encoding);
}

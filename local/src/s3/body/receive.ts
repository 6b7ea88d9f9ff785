/** Writes bytes to a new blob while hashing them. */

import { createHash } from 'node:crypto';
import type { VerifiedRequest } from '../auth/verify-request.ts';
import type { Blobs } from '../store/blobs.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { type ChecksumAlgorithm, checksumHeader, createChecksum, DEFAULT_ALGORITHM } from './checksums.ts';
import { declaredChecksum, promisedValue } from './declared-checksum.ts';
import { openBody } from './open-body.ts';

/** A blob that is whole and on the disk, but that nothing refers to yet. */
export interface Received {
  readonly blob: string;
  readonly size: number;
  /** Hexadecimal: the ETag of what came in one piece. */
  readonly md5: string;
  /** Base64, of every algorithm asked for. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
  /** What the client promised and kept, or S3's default. */
  readonly algorithm: ChecksumAlgorithm;
  readonly declared: boolean;
}

const UPLOAD_BYTES_MAX = 5 * 1024 ** 3;

/**
 * Receives a request's body and checks all that the client said about it.
 * Throws BadDigest, InvalidDigest, IncompleteBody, EntityTooLarge, XAmzContentSHA256Mismatch, and what `openBody` throws;
 * then nothing is left on the disk.
 */
export async function receiveBody(
  request: S3Request,
  { payload }: VerifiedRequest,
  blobs: Blobs,
  also: readonly ChecksumAlgorithm[] = [],
): Promise<Received> {
  const declared = declaredChecksum(request);
  const contentMd5 = readContentMd5(request);
  const { bytes, length, trailers } = openBody(request, payload);
  if (length > UPLOAD_BYTES_MAX) throw new S3Error('EntityTooLarge', { fields: { MaxSizeAllowed: UPLOAD_BYTES_MAX } });
  const algorithm = declared?.algorithm ?? DEFAULT_ALGORITHM;
  const sha256 = createHash('sha256');
  const checksSha256 = payload.kind === 'whole' && payload.sha256 !== undefined;
  const received = await receive(exactly(bytes, length, checksSha256 ? sha256 : undefined), blobs, {
    algorithms: [algorithm, ...also],
    check({ md5, checksums }) {
      if (checksSha256 && sha256.digest('hex') !== payload.sha256) throw new S3Error('XAmzContentSHA256Mismatch');
      if (contentMd5 !== undefined && contentMd5 !== md5) throw new S3Error('BadDigest');
      if (declared && promisedValue(declared, trailers) !== checksums.get(algorithm)) {
        throw new S3Error('BadDigest', {
          message: `The ${algorithm} you specified in ${checksumHeader(algorithm)} did not match what we received.`,
        });
      }
    },
  });
  return { ...received, algorithm, declared: declared !== undefined };
}

interface ReceiveOptions {
  readonly algorithms: readonly ChecksumAlgorithm[];
  /** Throws if the bytes are not what they should be; they are dropped then. */
  readonly check?: (hashes: Pick<Received, 'md5' | 'checksums'>) => void;
}

/** Receives bytes from anywhere, such as another object. */
export async function receive(
  bytes: AsyncIterable<Buffer>,
  blobs: Blobs,
  { algorithms, check }: ReceiveOptions,
): Promise<Omit<Received, 'algorithm' | 'declared'>> {
  const md5 = createHash('md5');
  const running = new Map(algorithms.map((algorithm) => [algorithm, createChecksum(algorithm)] as const));
  const writer = await blobs.create();
  let size = 0;
  try {
    for await (const piece of bytes) {
      const written = writer.write(piece); // the disk and the hashes work at the same time
      written.catch(() => undefined); // it is awaited below; until then a rejection must not count as unhandled
      md5.update(piece);
      for (const checksum of running.values()) checksum.update(piece);
      size += piece.length;
      await written;
    }
    const hashes = {
      md5: md5.digest('hex'),
      checksums: new Map([...running].map(([name, checksum]) => [name, checksum.digest().toString('base64')] as const)),
    };
    check?.(hashes);
    await writer.keep();
    return { blob: writer.blob, size, ...hashes };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** The same bytes, but IncompleteBody unless they are exactly as many as announced. */
async function* exactly(
  bytes: AsyncIterable<Buffer>,
  length: number,
  sha256: { update(piece: Buffer): unknown } | undefined,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > length) throw new S3Error('IncompleteBody');
    sha256?.update(piece);
    yield piece;
  }
  if (size !== length) throw new S3Error('IncompleteBody');
}

function readContentMd5(request: S3Request): string | undefined {
  const header = request.header('content-md5');
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'base64');
  if (bytes.length !== 16) throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': header } });
  return bytes.toString('hex');
}

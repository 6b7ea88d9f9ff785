/** A request's body as plain bytes, whichever of the encodings it came in. */

import type { Payload } from '../auth/verify-request.ts';
import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { decodeAwsChunked } from './aws-chunked.ts';

export interface OpenBody {
  readonly bytes: AsyncIterable<Buffer>;
  /** How many bytes the client announced; the reader must compare. */
  readonly length: number;
  /** Complete once `bytes` has been read to its end. */
  readonly trailers: ReadonlyMap<string, string>;
}

/** Throws MissingContentLength: S3 takes no body of unknown length. */
export function openBody(request: S3Request, payload: Payload): OpenBody {
  // An iterator that destroyed the request when left early would cut the connection before the error is sent.
  const source: AsyncIterable<Buffer> = request.message.iterator({ destroyOnReturn: false });
  const trailers = new Map<string, string>();
  if (payload.kind === 'whole') {
    return { bytes: source, length: readLength(request.header('content-length'), request), trailers };
  }
  // Content-Length, if there, counts the chunks' headers too.
  const length = readLength(request.header('x-amz-decoded-content-length'), request);
  return { bytes: decodeAwsChunked(source, { signing: payload.signing, trailers }), length, trailers };
}

function readLength(text: string | undefined, { message }: S3Request): number {
  // Without either header HTTP says that there is no body (RFC 9112, section 6.3).
  if (text === undefined && message.headers['transfer-encoding'] === undefined) return 0;
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  return Number(text);
}

/**
 * The aws-chunked encoding: the body in chunks, each perhaps signed, then perhaps trailing headers.
 *
 *     <size in hexadecimal>[;chunk-signature=<signature>]\r\n<bytes>\r\n   … the last chunk has size 0
 *     x-amz-checksum-crc32:<base64>\r\n[x-amz-trailer-signature:<signature>\r\n]\r\n
 *
 * Amazon S3 API reference, "Signature Calculations … (Chunked Upload)" and "… Including Trailing Headers".
 */

import { createHash } from 'node:crypto';
import { sameSignature, sign } from '../auth/signing.ts';
import type { ChunkSigning } from '../auth/verify-request.ts';
import { S3Error } from '../wire/s3-error.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';

const CHUNK_BYTES_MIN = 8192;
const CHUNK_HEADER_BYTES_MAX = 1024;
const TRAILER_BYTES_MAX = 16 * 1024;
const EMPTY_SHA256 = createHash('sha256').digest('hex');

interface AwsChunkedOptions {
  readonly signing: ChunkSigning | undefined;
  /** Filled, by lower-case name, when the last chunk has been read. */
  readonly trailers: Map<string, string>;
}

/**
 * The decoded bytes. A chunk's bytes come before its signature is checked, so a consumer must drop everything when this
 * throws: IncompleteBody, InvalidChunkSizeError, MalformedTrailerError or SignatureDoesNotMatch.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  options: AwsChunkedOptions,
): AsyncGenerator<Buffer> {
  const reader = createByteReader(source);
  const chain = options.signing && createSignatureChain(options.signing);
  try {
    yield* decodeChunks(reader, chain);
    const lines = await readTrailerLines(reader);
    if (chain && lines.length > 0) chain.checkTrailer(lines);
    for (const [name, value] of lines) options.trailers.set(name, value);
  } finally {
    await reader.close();
  }
}

/** The chunks up to and including the empty last one. */
async function* decodeChunks(reader: ByteReader, chain: SignatureChain | undefined): AsyncGenerator<Buffer> {
  let smallChunk: { number: number; size: number } | undefined;
  for (let number = 1; ; number++) {
    const { size, signature } = await readChunkHeader(reader);
    if (size > 0 && smallChunk) {
      throw new S3Error('InvalidChunkSizeError', {
        fields: { Chunk: smallChunk.number, BadChunkSize: smallChunk.size },
      });
    }
    const hash = chain && createHash('sha256');
    for (let left = size; left > 0; ) {
      const bytes = await reader.some(left);
      hash?.update(bytes);
      left -= bytes.length;
      yield bytes;
    }
    if (hash) chain.checkChunk(hash.digest('hex'), signature);
    if (size === 0) return;
    if (size < CHUNK_BYTES_MIN) smallChunk = { number, size };
    if ((await reader.line(2)) !== '') throw new S3Error('IncompleteBody');
  }
}

async function readChunkHeader(reader: ByteReader): Promise<{ size: number; signature: string }> {
  const line = await reader.line(CHUNK_HEADER_BYTES_MAX);
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line ?? '');
  if (!match) throw new S3Error('IncompleteBody');
  return { size: Number.parseInt(match[1] ?? '', 16), signature: match[2] ?? '' };
}

/** Some clients put an empty line before the trailer's signature, so only the end of the body ends the trailers. */
async function readTrailerLines(reader: ByteReader): Promise<[string, string][]> {
  const lines: [string, string][] = [];
  let bytes = 0;
  for (;;) {
    const line = await reader.line(TRAILER_BYTES_MAX);
    if (line === undefined) return lines;
    bytes += line.length + 1;
    if (bytes > TRAILER_BYTES_MAX) throw new S3Error('MalformedTrailerError');
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 1) throw new S3Error('MalformedTrailerError');
    lines.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
  }
}

type SignatureChain = ReturnType<typeof createSignatureChain>;

/** Each signature covers the one before it, so chunks can be neither left out nor put into another order. */
function createSignatureChain({ key, date, scope, seed }: ChunkSigning) {
  let previous = seed;

  function check(algorithm: string, parts: string[], provided: string): void {
    const expected = sign(key, [algorithm, date, scope, previous, ...parts].join('\n'));
    if (!sameSignature(expected, provided)) throw new S3Error('SignatureDoesNotMatch');
    previous = expected;
  }

  return {
    checkChunk(sha256: string, signature: string): void {
      check('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, sha256], signature);
    },
    checkTrailer(lines: readonly [string, string][]): void {
      const signature = lines.find(([name]) => name === 'x-amz-trailer-signature')?.[1] ?? '';
      const covered = lines.filter(([name]) => name !== 'x-amz-trailer-signature');
      const text = covered.map(([name, value]) => `${name}:${value}\n`).join('');
      check('AWS4-HMAC-SHA256-TRAILER', [createHash('sha256').update(text).digest('hex')], signature);
    },
  };
}

/** The checksum that a request promises for its body, in a header or in a trailer. */

import type { S3Request } from '../wire/request.ts';
import { S3Error } from '../wire/s3-error.ts';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumHeader,
  isChecksumValue,
  readAlgorithm,
} from './checksums.ts';

export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; undefined while it is still to come, in the trailer. */
  readonly value: string | undefined;
}

/** Throws InvalidRequest when the headers contradict each other. */
export function declaredChecksum(request: S3Request): DeclaredChecksum | undefined {
  const inHeaders = CHECKSUM_ALGORITHMS.filter((algorithm) => request.header(checksumHeader(algorithm)) !== undefined);
  if (inHeaders.length > 1) {
    throw invalid('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  }
  const [algorithm] = inHeaders;
  const inTrailer = announcedInTrailer(request);
  if (algorithm && inTrailer) throw invalid('Expecting a single x-amz-checksum- header');
  if (!algorithm && !inTrailer && request.header('x-amz-sdk-checksum-algorithm') !== undefined) {
    throw invalid(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (!algorithm) return inTrailer && { algorithm: inTrailer, value: undefined };
  const value = request.header(checksumHeader(algorithm)) ?? '';
  return { algorithm, value: checkedValue(algorithm, value) };
}

/** The promised value once the body has been read. */
export function promisedValue(declared: DeclaredChecksum, trailers: ReadonlyMap<string, string>): string {
  if (declared.value !== undefined) return declared.value;
  const value = trailers.get(checksumHeader(declared.algorithm));
  if (value === undefined) throw new S3Error('MalformedTrailerError');
  return checkedValue(declared.algorithm, value);
}

function announcedInTrailer(request: S3Request): ChecksumAlgorithm | undefined {
  const announced = request.header('x-amz-trailer')?.trim().toLowerCase();
  if (announced === undefined) return undefined;
  const algorithm = readAlgorithm(announced.replace('x-amz-checksum-', ''));
  if (!algorithm) throw invalid('The value specified in the x-amz-trailer header is not supported');
  return algorithm;
}

function checkedValue(algorithm: ChecksumAlgorithm, value: string): string {
  if (isChecksumValue(algorithm, value)) return value;
  throw invalid(`Value for ${checksumHeader(algorithm)} header is invalid.`);
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}

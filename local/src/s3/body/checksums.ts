/** The checksum algorithms of S3 and how they name themselves in headers and documents. */

import { createHash } from 'node:crypto';
import { crc32, crc32c, crc64nvme, joinCrc } from './crc.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** COMPOSITE is the checksum of the parts' checksums; FULL_OBJECT is that of the content. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** What is kept of an object: the value is base64, and ends in `-<number of parts>` when it is composite. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** S3 computes this one for whatever comes without a checksum. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

export interface RunningChecksum {
  update(bytes: Buffer): void;
  digest(): Buffer;
}

const BYTES: Record<ChecksumAlgorithm, number> = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
      return crc32();
    case 'CRC32C':
      return crc32c();
    case 'CRC64NVME':
      return crc64nvme();
    case 'SHA1':
      return createHash('sha1');
    case 'SHA256':
      return createHash('sha256');
  }
}

/** The checksum of an object of several parts, from theirs (base64), in order. */
export function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): Checksum {
  const digests = parts.map(({ value, size }) => ({ bytes: Buffer.from(value, 'base64'), size }));
  if (type === 'FULL_OBJECT' && isCrc(algorithm)) {
    const whole = digests
      .slice(1)
      .reduce(
        (left, right) => joinCrc(algorithm, left, right.bytes, right.size),
        digests[0]?.bytes ?? createChecksum(algorithm).digest(),
      );
    return { algorithm, type, value: whole.toString('base64') };
  }
  const composite = createChecksum(algorithm);
  for (const { bytes } of digests) composite.update(bytes);
  return { algorithm, type: 'COMPOSITE', value: `${composite.digest().toString('base64')}-${parts.length}` };
}

export function isCrc(algorithm: ChecksumAlgorithm): algorithm is 'CRC32' | 'CRC32C' | 'CRC64NVME' {
  return algorithm.startsWith('CRC');
}

/** As it stands in `x-amz-checksum-algorithm`; any case. */
export function readAlgorithm(text: string | undefined): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === text?.toUpperCase());
}

export function isChecksumValue(algorithm: ChecksumAlgorithm, base64: string): boolean {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === BYTES[algorithm] && bytes.toString('base64') === base64;
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** The name of the element in documents. */
export function checksumElement(algorithm: ChecksumAlgorithm): `Checksum${ChecksumAlgorithm}` {
  return `Checksum${algorithm}`;
}

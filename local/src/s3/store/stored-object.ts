/** One version of one object, as the index holds it. */

import type { Checksum } from '../body/checksums.ts';
import { keyText } from './key-order.ts';

export interface StoredObject {
  /** Grows with every version written, over all buckets and restarts. */
  readonly sequence: number;
  readonly bucket: string;
  readonly key: string;
  /** `null`, literally, for a version written while versioning was not enabled. */
  readonly version: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly size: number;
  /** Without quotation marks. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: Checksum | undefined;
  /** Response headers that were given with the upload, by lower-case name, `x-amz-meta-…` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface VersionRow {
  readonly sequence: number;
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly version: string;
  readonly latest: number;
  readonly delete_marker: number;
  readonly size: number;
  readonly etag: string;
  readonly modified_ms: number;
  readonly checksum: string | null;
  readonly headers: string;
  readonly tags: string;
}

export function objectOf(row: VersionRow): StoredObject {
  return {
    sequence: row.sequence,
    bucket: row.bucket,
    key: keyText(row.key),
    version: row.version,
    isLatest: row.latest === 1,
    isDeleteMarker: row.delete_marker === 1,
    size: row.size,
    etag: row.etag,
    modifiedMs: row.modified_ms,
    checksum: row.checksum === null ? undefined : JSON.parse(row.checksum),
    headers: JSON.parse(row.headers),
    tags: JSON.parse(row.tags),
  };
}

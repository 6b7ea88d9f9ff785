/** Multipart uploads that are neither completed nor aborted. */

import { randomBytes } from 'node:crypto';
import type { ChecksumAlgorithm, ChecksumType } from '../body/checksums.ts';
import { S3Error } from '../wire/s3-error.ts';
import type { Database } from './database.ts';
import { keyBytes, keyText } from './key-order.ts';

export interface Upload {
  readonly sequence: number;
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedMs: number;
  /** What the client chose; undefined if it chose nothing, and S3's default applies. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType } | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface UploadPart {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly modifiedMs: number;
}

export interface Uploads {
  start(upload: Omit<Upload, 'sequence' | 'id'>): Upload;
  /** Throws NoSuchUpload. */
  get(bucket: string, key: string, id: string): Upload;
  /** Where an upload stands in the list of a bucket; undefined if there is none of that id. */
  sequenceOf(id: string): number | undefined;
  /** In order, after the given number. */
  parts(upload: Upload, after?: number, limit?: number): UploadPart[];
  /** Replaces a part of the same number; returns the blobs that nothing refers to any more. */
  putPart(upload: Upload, part: UploadPart): readonly string[];
  /** Forgets the upload and returns the blobs of its parts. Must run in a transaction. */
  remove(upload: Upload): readonly string[];
}

export interface UploadRow {
  readonly sequence: number;
  readonly id: string;
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly started_ms: number;
  readonly checksum_algorithm: ChecksumAlgorithm | null;
  readonly checksum_type: ChecksumType | null;
  readonly headers: string;
  readonly tags: string;
}

interface PartRow {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  readonly md5: string;
  readonly checksum_algorithm: ChecksumAlgorithm;
  readonly checksum: string;
  readonly modified_ms: number;
}

const ALL = -1; // SQLite's `limit -1`

export function createUploads(database: Database): Uploads {
  function get(bucket: string, key: string, id: string): Upload {
    const row = database.get<UploadRow>(
      'select * from uploads where id = ? and bucket = ? and key = ?',
      id,
      bucket,
      keyBytes(key),
    );
    if (!row) throw new S3Error('NoSuchUpload', { fields: { UploadId: id } });
    return uploadOf(row);
  }

  return {
    get,
    sequenceOf: (id) => database.get<{ sequence: number }>('select sequence from uploads where id = ?', id)?.sequence,
    start(upload) {
      const id = randomBytes(48).toString('base64url');
      database.run(
        'insert into uploads values(null, ?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        upload.bucket,
        keyBytes(upload.key),
        upload.startedMs,
        upload.checksum?.algorithm ?? null,
        upload.checksum?.type ?? null,
        JSON.stringify(upload.headers),
        JSON.stringify(upload.tags),
      );
      return get(upload.bucket, upload.key, id);
    },
    parts: ({ sequence }, after = 0, limit = ALL) =>
      database
        .all<PartRow>(
          'select * from upload_parts where upload = ? and number > ? order by number limit ?',
          sequence,
          after,
          limit,
        )
        .map(partOf),
    // The upload is looked up again: it may have been completed or aborted while the part came in.
    putPart: (upload, part) =>
      database.transaction(() => putPart(database, get(upload.bucket, upload.key, upload.id), part)),
    remove({ sequence }) {
      const blobs = database.all<{ blob: string }>('select blob from upload_parts where upload = ?', sequence);
      database.run('delete from upload_parts where upload = ?', sequence);
      database.run('delete from uploads where sequence = ?', sequence);
      return blobs.map(({ blob }) => blob);
    },
  };
}

function putPart(database: Database, { sequence }: Upload, part: UploadPart): readonly string[] {
  const replaced = database.all<{ blob: string }>(
    'select blob from upload_parts where upload = ? and number = ?',
    sequence,
    part.number,
  );
  database.run(
    'insert or replace into upload_parts values(?, ?, ?, ?, ?, ?, ?, ?)',
    sequence,
    part.number,
    part.blob,
    part.size,
    part.md5,
    part.checksum.algorithm,
    part.checksum.value,
    part.modifiedMs,
  );
  return replaced.map(({ blob }) => blob);
}

export function uploadOf(row: UploadRow): Upload {
  return {
    sequence: row.sequence,
    id: row.id,
    bucket: row.bucket,
    key: keyText(row.key),
    startedMs: row.started_ms,
    checksum:
      row.checksum_algorithm && row.checksum_type
        ? { algorithm: row.checksum_algorithm, type: row.checksum_type }
        : undefined,
    headers: JSON.parse(row.headers),
    tags: JSON.parse(row.tags),
  };
}

function partOf(row: PartRow): UploadPart {
  return {
    number: row.number,
    blob: row.blob,
    size: row.size,
    md5: row.md5,
    checksum: { algorithm: row.checksum_algorithm, value: row.checksum },
    modifiedMs: row.modified_ms,
  };
}

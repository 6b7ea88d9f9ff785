/** The versions of objects. A bucket without versioning keeps one version of each key, called `null`. */

import { randomBytes } from 'node:crypto';
import type { Checksum } from '../body/checksums.ts';
import { S3Error } from '../wire/s3-error.ts';
import type { BlobSlice } from './blobs.ts';
import type { Bucket } from './buckets.ts';
import type { Database } from './database.ts';
import { keyBytes } from './key-order.ts';
import { objectOf, type StoredObject, type VersionRow } from './stored-object.ts';

export interface ObjectPart {
  readonly number: number;
  readonly blob: string;
  readonly size: number;
  /** Base64; only of what was uploaded in parts. */
  readonly checksum: string | undefined;
}

export interface NewObject {
  readonly key: string;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: Checksum | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly parts: readonly ObjectPart[];
}

/** A change, and the blobs that nothing refers to any more. */
export interface Change {
  readonly object: StoredObject;
  readonly garbage: readonly string[];
}

export interface Objects {
  /** The latest version, or the one asked for; a delete marker too. Undefined if there is none. */
  find(bucket: string, key: string, version?: string): StoredObject | undefined;
  parts(object: StoredObject): ObjectPart[];
  /** Must run in a transaction. */
  put(bucket: Bucket, object: NewObject): Change;
  /** Puts a delete marker, or in a bucket without versioning removes the object. Must run in a transaction. */
  remove(
    bucket: Bucket,
    key: string,
    modifiedMs: number,
  ): { marker: StoredObject | undefined; garbage: readonly string[] };
  /** Removes one version for good. Must run in a transaction. */
  removeVersion(object: StoredObject): readonly string[];
  setTags(object: StoredObject, tags: Readonly<Record<string, string>>): void;
  isReferred(blob: string): boolean;
}

export function createObjects(database: Database): Objects {
  return {
    find: (bucket, key, version) => find(database, bucket, key, version),
    parts: (object) => partsOf(database, object),
    put(bucket, object) {
      const { version, garbage } = makeRoom(database, bucket, object.key);
      return { object: insert(database, bucket, version, object, false), garbage };
    },
    remove(bucket, key, modifiedMs) {
      if (bucket.versioning === undefined) {
        const object = find(database, bucket.name, key);
        return { marker: undefined, garbage: object ? drop(database, object) : [] };
      }
      const { version, garbage } = makeRoom(database, bucket, key);
      const nothing = { etag: '', checksum: undefined, headers: {}, tags: {}, parts: [] };
      return { marker: insert(database, bucket, version, { key, modifiedMs, ...nothing }, true), garbage };
    },
    removeVersion(object) {
      const garbage = drop(database, object);
      if (object.isLatest) {
        database.run(
          `update versions set latest = 1 where sequence =
             (select max(sequence) from versions where bucket = ? and key = ?)`,
          object.bucket,
          keyBytes(object.key),
        );
      }
      return garbage;
    },
    setTags({ sequence }, tags) {
      database.run('update versions set tags = ? where sequence = ?', JSON.stringify(tags), sequence);
    },
    isReferred: (blob) =>
      (database.get('select 1 from parts where blob = ?', blob) ??
        database.get('select 1 from upload_parts where blob = ?', blob)) !== undefined,
  };
}

function find(database: Database, bucket: string, key: string, version?: string): StoredObject | undefined {
  const row =
    version === undefined
      ? database.get<VersionRow>(
          'select * from versions where bucket = ? and key = ? and latest = 1',
          bucket,
          keyBytes(key),
        )
      : database.get<VersionRow>(
          'select * from versions where bucket = ? and key = ? and version = ?',
          bucket,
          keyBytes(key),
          version,
        );
  return row && objectOf(row);
}

function partsOf(database: Database, { sequence }: StoredObject): ObjectPart[] {
  return database
    .all<{ number: number; blob: string; size: number; checksum: string | null }>(
      'select number, blob, size, checksum from parts where sequence = ? order by number',
      sequence,
    )
    .map((part) => ({ ...part, checksum: part.checksum ?? undefined }));
}

/** Makes room for a new latest version: without versioning, and while it is suspended, `null` is overwritten. */
function makeRoom(database: Database, bucket: Bucket, key: string): { version: string; garbage: readonly string[] } {
  const isVersioned = bucket.versioning === 'Enabled';
  const overwritten = isVersioned ? undefined : find(database, bucket.name, key, 'null');
  const garbage = overwritten ? drop(database, overwritten) : [];
  database.run(
    'update versions set latest = 0 where bucket = ? and key = ? and latest = 1',
    bucket.name,
    keyBytes(key),
  );
  return { version: isVersioned ? randomBytes(24).toString('base64url') : 'null', garbage };
}

function drop(database: Database, object: StoredObject): readonly string[] {
  const garbage = partsOf(database, object).map(({ blob }) => blob);
  database.run('delete from parts where sequence = ?', object.sequence);
  database.run('delete from versions where sequence = ?', object.sequence);
  return garbage;
}

function insert(
  database: Database,
  bucket: Bucket,
  version: string,
  object: NewObject,
  isDeleteMarker: boolean,
): StoredObject {
  const size = object.parts.reduce((sum, part) => sum + part.size, 0);
  const sequence = database.run(
    'insert into versions values(null, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)',
    bucket.name,
    keyBytes(object.key),
    version,
    Number(isDeleteMarker),
    size,
    object.etag,
    object.modifiedMs,
    object.checksum ? JSON.stringify(object.checksum) : null,
    JSON.stringify(object.headers),
    JSON.stringify(object.tags),
  );
  for (const part of object.parts) {
    database.run(
      'insert into parts values(?, ?, ?, ?, ?)',
      sequence,
      part.number,
      part.blob,
      part.size,
      part.checksum ?? null,
    );
  }
  const stored = find(database, bucket.name, object.key, version);
  if (!stored) throw new Error(`the version just inserted is not there: ${bucket.name} ${version}`);
  return stored;
}

/** The slices of an object's blobs that hold its bytes from `start` up to but not including `end`. */
export function slicesOf(parts: readonly ObjectPart[], start: number, end: number): BlobSlice[] {
  const slices: BlobSlice[] = [];
  let offset = 0;
  for (const { blob, size } of parts) {
    const slice = { blob, start: Math.max(start - offset, 0), end: Math.min(end - offset, size) };
    if (slice.start < slice.end) slices.push(slice);
    offset += size;
  }
  return slices;
}

/** The object a reader asks for. Throws NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete marker by its version. */
export function readable(objects: Objects, bucket: string, key: string, version: string | undefined): StoredObject {
  const object = objects.find(bucket, key, version);
  if (!object) {
    if (version === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key } });
    throw new S3Error('NoSuchVersion', { fields: { Key: key, VersionId: version } });
  }
  if (!object.isDeleteMarker) return object;
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': object.version };
  if (version === undefined) throw new S3Error('NoSuchKey', { fields: { Key: key }, headers });
  throw new S3Error('MethodNotAllowed', {
    fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(object.modifiedMs).toUTCString() },
  });
}

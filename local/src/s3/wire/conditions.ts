/** Conditional requests. S3 follows RFC 9110, section 13, and adds conditions for copies and for writes. */

import type { StoredObject } from '../store/stored-object.ts';
import type { S3Request } from './request.ts';
import { S3Error } from './s3-error.ts';

/** For GET and HEAD. Throws PreconditionFailed or NotModified. */
export function checkReadConditions(request: S3Request, object: StoredObject): void {
  const ifMatch = request.header('if-match');
  const ifUnmodifiedSince = readDate(request.header('if-unmodified-since'));
  // A matching If-Match decides alone, even if the object has changed since the given time.
  if (ifMatch !== undefined ? !matches(ifMatch, object) : isNewer(object, ifUnmodifiedSince)) {
    throw new S3Error('PreconditionFailed', {
      fields: { Condition: ifMatch === undefined ? 'If-Unmodified-Since' : 'If-Match' },
    });
  }
  const ifNoneMatch = request.header('if-none-match');
  const ifModifiedSince = readDate(request.header('if-modified-since'));
  const isUnchanged =
    ifNoneMatch !== undefined
      ? matches(ifNoneMatch, object)
      : ifModifiedSince !== undefined && !isNewer(object, ifModifiedSince);
  if (isUnchanged) {
    throw new S3Error('NotModified', {
      headers: { etag: `"${object.etag}"`, 'last-modified': new Date(object.modifiedMs).toUTCString() },
    });
  }
}

/** For the source of a copy, where every failed condition is PreconditionFailed. */
export function checkCopyConditions(request: S3Request, source: StoredObject): void {
  const fail = (condition: string) => new S3Error('PreconditionFailed', { fields: { Condition: condition } });
  const ifMatch = request.header('x-amz-copy-source-if-match');
  const ifUnmodifiedSince = readDate(request.header('x-amz-copy-source-if-unmodified-since'));
  if (ifMatch !== undefined ? !matches(ifMatch, source) : isNewer(source, ifUnmodifiedSince)) {
    throw fail(ifMatch === undefined ? 'x-amz-copy-source-If-Unmodified-Since' : 'x-amz-copy-source-If-Match');
  }
  const ifNoneMatch = request.header('x-amz-copy-source-if-none-match');
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, source)) throw fail('x-amz-copy-source-If-None-Match');
  const ifModifiedSince = readDate(request.header('x-amz-copy-source-if-modified-since'));
  if (ifNoneMatch === undefined && ifModifiedSince !== undefined && !isNewer(source, ifModifiedSince)) {
    throw fail('x-amz-copy-source-If-Modified-Since');
  }
}

/**
 * For whatever writes a key. `current` is what the write would replace; a delete marker counts as nothing.
 * Throws PreconditionFailed; NoSuchKey where If-Match finds nothing; NotImplemented for what S3 does not offer.
 */
export function checkWriteConditions(request: S3Request, current: StoredObject | undefined): void {
  const there = current?.isDeleteMarker ? undefined : current;
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined) {
    // S3 writes "only if there is nothing"; it cannot write "only if it is not this version".
    if (ifNoneMatch.trim() !== '*') throw new S3Error('NotImplemented', { fields: { Header: 'If-None-Match' } });
    if (there) throw new S3Error('PreconditionFailed', { fields: { Condition: 'If-None-Match' } });
  }
  const ifMatch = request.header('if-match');
  if (ifMatch === undefined) return;
  if (!there) throw new S3Error('NoSuchKey', { fields: { Key: request.key } });
  if (!matches(ifMatch, there)) throw new S3Error('PreconditionFailed', { fields: { Condition: 'If-Match' } });
}

/** Clients send entity tags with and without quotation marks. */
function matches(condition: string, { etag }: StoredObject): boolean {
  return condition.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^(W\/)?"|"$/g, '') === etag);
}

/** HTTP dates have whole seconds, and so does the comparison. */
function isNewer(object: StoredObject, sinceMs: number | undefined): boolean {
  return sinceMs !== undefined && Math.floor(object.modifiedMs / 1000) > Math.floor(sinceMs / 1000);
}

/** A date that cannot be read is no condition. */
function readDate(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

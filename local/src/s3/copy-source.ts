/** The object that a copy reads, named by the header `x-amz-copy-source: [/]bucket/key[?versionId=…]`. */

import type { Call } from './call.ts';
import type { Bucket } from './store/buckets.ts';
import { readable } from './store/objects.ts';
import type { StoredObject } from './store/stored-object.ts';
import { checkCopyConditions } from './wire/conditions.ts';
import { decodePercent, readQuery } from './wire/request.ts';
import { S3Error } from './wire/s3-error.ts';

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
  /** Whether the header named a version. */
  readonly namesVersion: boolean;
}

/** Throws NoSuchBucket, NoSuchKey, NoSuchVersion, PreconditionFailed, InvalidArgument. */
export function readCopySource({ request, store }: Call): CopySource {
  // The query is split off before decoding: a question mark in the key is encoded.
  const [path = '', query = ''] = (request.header('x-amz-copy-source') ?? '').split('?');
  const [, bucketName, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodePercent(path)) ?? [];
  if (!bucketName || !key) {
    throw new S3Error('InvalidArgument', {
      message: 'Invalid copy source object key',
      fields: { ArgumentName: 'x-amz-copy-source' },
    });
  }
  const version = new Map(readQuery(query)).get('versionId');
  const bucket = store.buckets.get(bucketName);
  const object = readable(store.objects, bucketName, key, version);
  checkCopyConditions(request, object);
  return { bucket, object, namesVersion: version !== undefined };
}

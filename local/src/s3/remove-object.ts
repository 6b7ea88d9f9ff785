/** Removes an object, or one version of it. */

import type { Store } from './store/store.ts';
import { S3Error } from './wire/s3-error.ts';

interface Removal {
  readonly bucket: string;
  readonly key: string;
  readonly version: string | undefined;
  /** Entity tag that the latest version must have. */
  readonly ifMatch: string | undefined;
  readonly modifiedMs: number;
}

export interface Removed {
  /** Whether a delete marker was put, or was what has been removed. */
  readonly isDeleteMarker: boolean;
  /** The version put or removed; undefined in a bucket without versioning. */
  readonly version: string | undefined;
}

/** Throws NoSuchBucket, PreconditionFailed. */
export async function removeObject(
  store: Store,
  { bucket: name, key, version, ifMatch, modifiedMs }: Removal,
): Promise<Removed> {
  const { removed, garbage } = store.transaction(() => {
    const bucket = store.buckets.get(name);
    const object = store.objects.find(name, key, version);
    if (ifMatch !== undefined && object && ifMatch !== '*' && ifMatch.replaceAll('"', '') !== object.etag) {
      throw new S3Error('PreconditionFailed', { fields: { Condition: 'If-Match' } });
    }
    if (version !== undefined) {
      const garbage = object ? store.objects.removeVersion(object) : [];
      return { removed: { isDeleteMarker: object?.isDeleteMarker ?? false, version }, garbage };
    }
    // With versioning nothing goes away: a delete marker hides it, even where there was nothing to hide.
    const { marker, garbage } = store.objects.remove(bucket, key, modifiedMs);
    return { removed: { isDeleteMarker: marker !== undefined, version: marker?.version }, garbage };
  });
  await store.blobs.remove(garbage);
  return removed;
}

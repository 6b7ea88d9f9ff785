/** The three lists of a bucket that page by key: objects, their versions, and unfinished uploads. */

import type { Database } from './database.ts';
import type { FetchRows } from './listing.ts';
import type { VersionRow } from './stored-object.ts';
import type { UploadRow } from './uploads.ts';

export interface Lists {
  /** What is there: the latest versions that are not delete markers. */
  objects(bucket: string): FetchRows<VersionRow>;
  /** Every version, and of one key the newest first. */
  versions(bucket: string): FetchRows<VersionRow>;
  /** Of one key the oldest first. */
  uploads(bucket: string): FetchRows<UploadRow>;
}

export function createLists(database: Database): Lists {
  return {
    objects: (bucket) => (position, to, limit) =>
      database.all<VersionRow>(
        `select * from versions indexed by current_objects
         where bucket = ? and key >= ? and key < ? and latest = 1 and delete_marker = 0 order by key limit ?`,
        bucket,
        position.from,
        to,
        limit,
      ),
    versions: (bucket) => (position, to, limit) =>
      database.all<VersionRow>(
        `select * from versions where bucket = ? and key >= ? and key < ? and (key > ? or sequence < ?)
         order by key, sequence desc limit ?`,
        bucket,
        position.from,
        to,
        position.from,
        position.afterSequence ?? Number.MAX_SAFE_INTEGER,
        limit,
      ),
    uploads: (bucket) => (position, to, limit) =>
      database.all<UploadRow>(
        `select * from uploads where bucket = ? and key >= ? and key < ? and (key > ? or sequence > ?)
         order by key, sequence limit ?`,
        bucket,
        position.from,
        to,
        position.from,
        position.afterSequence ?? 0,
        limit,
      ),
  };
}

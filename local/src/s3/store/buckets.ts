/** Buckets and their settings. */

import { S3Error } from '../wire/s3-error.ts';
import type { Database } from './database.ts';

export interface Bucket {
  readonly name: string;
  readonly createdMs: number;
  /** Undefined until it is switched on for the first time; there is no way back to that. */
  readonly versioning: 'Enabled' | 'Suspended' | undefined;
  /** S3 tells EventBridge about a bucket's objects only when asked to. */
  readonly eventBridge: boolean;
}

export interface Buckets {
  /** Returns false, and changes nothing, if there is one of that name. Throws InvalidBucketName. */
  create(name: string, options: { createdMs: number; eventBridge: boolean }): boolean;
  /** Throws NoSuchBucket. */
  get(name: string): Bucket;
  list(): Bucket[];
  /** Throws BucketNotEmpty. */
  remove(name: string): void;
  setVersioning(name: string, versioning: 'Enabled' | 'Suspended'): void;
  setEventBridge(name: string, isOn: boolean): void;
}

interface BucketRow {
  readonly name: string;
  readonly created_ms: number;
  readonly versioning: 'Enabled' | 'Suspended' | null;
  readonly event_bridge: number;
}

export function createBuckets(database: Database): Buckets {
  return {
    create(name, { createdMs, eventBridge }) {
      if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { fields: { BucketName: name } });
      if (database.get('select 1 from buckets where name = ?', name)) return false;
      database.run('insert into buckets values(?, ?, null, ?)', name, createdMs, Number(eventBridge));
      return true;
    },
    get(name) {
      const row = database.get<BucketRow>('select * from buckets where name = ?', name);
      if (!row) throw new S3Error('NoSuchBucket', { fields: { BucketName: name } });
      return bucketOf(row);
    },
    list: () => database.all<BucketRow>('select * from buckets order by name').map(bucketOf),
    remove(name) {
      database.transaction(() => {
        // Unfinished uploads count too: their parts are data that somebody may still want.
        const isUsed =
          database.get('select 1 from versions where bucket = ?', name) ??
          database.get('select 1 from uploads where bucket = ?', name);
        if (isUsed) throw new S3Error('BucketNotEmpty', { fields: { BucketName: name } });
        database.run('delete from buckets where name = ?', name);
      });
    },
    setVersioning(name, versioning) {
      database.run('update buckets set versioning = ? where name = ?', versioning, name);
    },
    setEventBridge(name, isOn) {
      database.run('update buckets set event_bridge = ? where name = ?', Number(isOn), name);
    },
  };
}

function bucketOf(row: BucketRow): Bucket {
  return {
    name: row.name,
    createdMs: row.created_ms,
    versioning: row.versioning ?? undefined,
    eventBridge: row.event_bridge === 1,
  };
}

/** Amazon S3 user guide, "General purpose bucket naming rules". */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !name.startsWith('xn--') &&
    !name.endsWith('-s3alias')
  );
}

/** Everything that one folder holds. */

import { mkdir } from 'node:fs/promises';
import { type Blobs, openBlobs } from './blobs.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { type Database, openDatabase } from './database.ts';
import { createLists, type Lists } from './lists.ts';
import { createObjects, type Objects } from './objects.ts';
import { createOutbox, type Deliver, type Outbox } from './outbox.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface Store {
  readonly blobs: Blobs;
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly lists: Lists;
  readonly outbox: Outbox;
  transaction: Database['transaction'];
  close(): Promise<void>;
}

interface StoreOptions {
  readonly directory: string;
  readonly deliver: Deliver;
  readonly log: (message: string, detail: unknown) => void;
}

/** Opens or creates the folder, and clears away what a crash left in it. */
export async function openStore({ directory, deliver, log }: StoreOptions): Promise<Store> {
  await mkdir(directory, { recursive: true });
  const database = openDatabase(directory); // first: it keeps a second process away from the blobs
  const blobs = await openBlobs(directory);
  const objects = createObjects(database);
  const outbox = createOutbox(database, { deliver, log });
  await blobs.sweep(objects.isReferred);
  outbox.flush();
  return {
    blobs,
    objects,
    outbox,
    buckets: createBuckets(database),
    uploads: createUploads(database),
    lists: createLists(database),
    transaction: database.transaction,
    async close() {
      await outbox.close();
      database.close();
    },
  };
}

import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stateFolder } from '../../testing/state-folder.ts';
import { createBuckets } from './buckets.ts';
import { type Database, openDatabase } from './database.ts';
import { type FetchRows, readPage } from './listing.ts';
import { createLists } from './lists.ts';
import { createObjects } from './objects.ts';
import type { VersionRow } from './stored-object.ts';

/** More than two pages for each of three folders. */
const count = 9_000;
let directory = '';
let database: Database;
let seeks = 0;
let fetch: FetchRows<VersionRow>;

beforeEach(() => {
  directory = stateFolder('listing');
  database = openDatabase(directory);
  const buckets = createBuckets(database);
  buckets.create('many', { createdMs: 0, eventBridge: false });
  const objects = createObjects(database);
  const common = { etag: 'e', modifiedMs: 0, checksum: undefined, headers: {}, tags: {}, parts: [] };
  database.transaction(() => {
    for (let index = 0; index < count; index++)
      objects.put(buckets.get('many'), { key: `${index % 3}/${String(index).padStart(6, '0')}`, ...common });
  });
  seeks = 0;
  const rows = createLists(database).objects('many');
  fetch = (...range) => {
    seeks++;
    return rows(...range);
  };
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const page = (options: { delimiter?: string; prefix?: string; from?: string }) =>
  readPage(fetch, {
    ...{ prefix: options.prefix ?? '', delimiter: options.delimiter ?? '', max: 1_000 },
    position: { from: Buffer.from(options.from ?? '') },
  });

it('folds a folder at the cost of one seek, however many objects it holds', () => {
  expect(page({ delimiter: '/' }).commonPrefixes).toEqual(['0/', '1/', '2/']);
  expect(seeks).toBe(4);
});

it('reads a page anywhere at the cost of one seek, by the index alone', () => {
  const { rows, isTruncated } = page({ prefix: '1/', from: '1/004000' });
  expect([rows.length, isTruncated, seeks]).toEqual([1_000, true, 1]);
  const [plan] = database.all<{ detail: string }>(
    "explain query plan select * from versions indexed by current_objects where bucket = 'many' and key >= x'31' and key < x'32' and latest = 1 and delete_marker = 0 order by key limit 1000",
  );
  expect(plan?.detail).toMatch(/^SEARCH .* INDEX current_objects/);
});

import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read } from './contract/read.ts';
import { createBuckets } from './store/buckets.ts';
import { openDatabase } from './store/database.ts';
import { createObjects } from './store/objects.ts';
import { type RunningS3, startS3 } from './testing/start-s3.ts';

const MIB = 1024 * 1024;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

describe('speed, printed and not judged', () => {
  let running: RunningS3;

  beforeAll(async () => {
    running = await startS3();
    await running.client().send(new CreateBucketCommand({ Bucket: 'speed' }));
  });
  afterAll(() => running.dispose());

  test('64 MiB in and out, and small objects one after the other', async () => {
    // Checksums off: the SDK computes them in JavaScript, and it would be the SDK that is measured.
    const client = running.client({
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const body = randomBytes(64 * MIB);
    const at = { Bucket: 'speed', Key: 'big' };
    const inSeconds = await seconds(() => client.send(new PutObjectCommand({ ...at, Body: body })));
    let bytes = Buffer.alloc(0);
    const outSeconds = await seconds(async () => {
      ({ bytes } = await read(client, at));
    });
    expect(bytes.equals(body)).toBe(true);
    const smallSeconds = await seconds(async () => {
      for (let i = 0; i < 100; i++) await client.send(new PutObjectCommand({ ...at, Key: `small/${i}`, Body: 'x' }));
    });
    const rates = [64 / inSeconds, 64 / outSeconds, 100 / smallSeconds].map((rate) => rate.toFixed(0));
    console.info(`put ${rates[0]} MiB/s, get ${rates[1]} MiB/s, ${rates[2]} small puts/s`);
  });
});

describe('a bucket of 100,000 objects', () => {
  const COUNT = 100_000;
  let running: RunningS3;
  let openSeconds = 0;

  beforeAll(async () => {
    const empty = await startS3();
    empty.s3.createBucket('many');
    await empty.stop();
    await fill(empty.directory);
    openSeconds = await seconds(async () => {
      running = await startS3({ directory: empty.directory });
    });
  });
  afterAll(() => running.dispose());

  /** Puts the objects straight into the index: over HTTP this would take minutes. */
  async function fill(directory: string): Promise<void> {
    const database = openDatabase(directory);
    const objects = createObjects(database);
    const bucket = createBuckets(database).get('many');
    const common = { etag: 'e', modifiedMs: 0, checksum: undefined, headers: {}, tags: {}, parts: [] };
    database.transaction(() => {
      for (let i = 0; i < COUNT; i++) objects.put(bucket, { key: `${i % 3}/${String(i).padStart(6, '0')}`, ...common });
    });
    database.close();
  }

  test('opens, folds and pages without reading what it does not show', async () => {
    const client = running.client();
    const list = (input: object) => client.send(new ListObjectsV2Command({ Bucket: 'many', ...input }));
    await list({ MaxKeys: 1 }); // the first request also opens the connection
    const foldSeconds = await seconds(async () => {
      const { CommonPrefixes } = await list({ Delimiter: '/' });
      expect(CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['0/', '1/', '2/']);
    });
    let found = 0;
    const pageSeconds = await seconds(async () => {
      const page = await list({ Prefix: '1/', StartAfter: '1/090000' });
      found = page.KeyCount ?? 0;
    });
    expect(found).toBe(1000);
    const milliseconds = [openSeconds, foldSeconds, pageSeconds].map((value) => (value * 1000).toFixed(0));
    console.info(
      `100,000 objects: open ${milliseconds[0]} ms, fold ${milliseconds[1]} ms, a page of 1000 ${milliseconds[2]} ms`,
    );
    expect(foldSeconds).toBeLessThan(pageSeconds); // three entries cost less than a thousand, however many they stand for
  });
});

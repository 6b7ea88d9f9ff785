import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read } from './contract/read.ts';
import { afterPrefix, keyBytes, keyText, next } from './store/key-order.ts';
import { type FetchRows, positionAfter, readPage } from './store/listing.ts';
import { type RunningS3, startS3 } from './testing/start-s3.ts';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys from few characters, so that prefixes, delimiters and neighbours meet often. */
const similarKey = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '.', '\0', '\x7f', 'é', '\uffee', '😀'),
  minLength: 1,
  maxLength: 6,
});
/** Keys from all of Unicode, and the segments that file systems stumble over. */
const anyKey = fc
  .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('..', '.', '', '%2F', '+', ' ', 'a')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((segments) => segments.join('/'))
  .filter((key) => key !== '' && Buffer.byteLength(key) <= 1024);

/** What S3 would list, computed without any cleverness: all entries in order, then folded. */
function model(keys: readonly string[], prefix: string, delimiter: string, after: string): string[] {
  const listed = [...new Set(keys)].sort(byBytes).filter((key) => key.startsWith(prefix) && byBytes(key, after) > 0);
  const fold = (key: string) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end === -1 ? `key ${key}` : `prefix ${key.slice(0, end + delimiter.length)}`;
  };
  return [...new Set(listed.map(fold))].filter((entry) => entry !== `prefix ${after}`);
}

describe('the order of keys', () => {
  test('is that of their bytes: the next key, and the end of a prefix, lie where they should', () => {
    fc.assert(
      fc.property(similarKey, similarKey, (a, b) => {
        const [key, other] = [keyBytes(a), keyBytes(b)];
        expect(Buffer.compare(other, next(key)) >= 0).toBe(byBytes(b, a) > 0);
        expect(Buffer.compare(other, afterPrefix(key)) >= 0).toBe(byBytes(b, a) > 0 && !b.startsWith(a));
        expect(keyText(key)).toBe(a);
      }),
    );
  });

  test('pages of any size, folded or not, give what the model gives', () => {
    const prefixes = fc.oneof(
      fc.constant(''),
      similarKey.map((key) => key.slice(0, 2)),
    );
    const delimiters = fc.constantFrom('', '/', 'a', './');
    fc.assert(
      fc.property(
        fc.array(similarKey, { maxLength: 30 }),
        prefixes,
        delimiters,
        fc.integer({ min: 1, max: 5 }),
        similarKey,
        (keys, rawPrefix, delimiter, max, after) => {
          const prefix = rawPrefix.isWellFormed() ? rawPrefix : '';
          const sorted = [...new Set(keys)].sort(byBytes).map((key) => ({ key: keyBytes(key), sequence: 1 }));
          const fetch: FetchRows<(typeof sorted)[number]> = ({ from }, to, limit) =>
            sorted.filter(({ key }) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0).slice(0, limit);
          const found: string[] = [];
          let marker: string | undefined = after;
          while (marker !== undefined) {
            const position = positionAfter(marker, { prefix, delimiter });
            const page = readPage(fetch, { prefix, delimiter, max, position });
            const entries = [
              ...page.rows.map(({ key }) => keyText(key)).map((key) => ({ key, text: `key ${key}` })),
              ...page.commonPrefixes.map((key) => ({ key, text: `prefix ${key}` })),
            ];
            expect(entries.length).toBeLessThanOrEqual(max);
            found.push(...entries.sort((a, b) => byBytes(a.key, b.key)).map(({ text }) => text));
            marker = page.isTruncated ? page.last?.key : undefined;
          }
          expect(found).toEqual(model(keys, prefix, delimiter, after));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('keys over HTTP', () => {
  let running: RunningS3;
  let count = 0;

  beforeAll(async () => {
    running = await startS3();
  });
  afterAll(() => running.dispose());

  test('any key comes back from a get and from a list, in order', async () => {
    const client = running.client();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(anyKey, { minLength: 1, maxLength: 6 }), async (keys) => {
        const bucket = `keys-${count++}`;
        await client.send(new CreateBucketCommand({ Bucket: bucket }));
        for (const key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }));
        for (const key of keys) expect((await read(client, { Bucket: bucket, Key: key })).text).toBe(key);
        // Encoded, because XML cannot carry every character that a key can.
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url' }));
        expect(Contents.map(({ Key }) => decodeURIComponent(Key ?? ''))).toEqual([...keys].sort(byBytes));
      }),
      { numRuns: 25 },
    );
  });
});

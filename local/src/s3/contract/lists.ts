import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, refusal } from './read.ts';

const KEYS = ['a', 'b/1', 'b/2', 'b/c/3', 'd/4', 'd/5', 'e', 'é', '\uffee', '😀'];

export function describeLists({ client, newBucket }: Contract): void {
  describe('lists', () => {
    let bucket = '';

    beforeAll(async () => {
      bucket = await newBucket();
      await Promise.all(KEYS.map((key) => put(client(), bucket, key, key)));
    });

    const list = (input: Partial<ListObjectsV2CommandInput>) =>
      client().send(new ListObjectsV2Command({ Bucket: bucket, ...input }));

    test('keys come in the order of their UTF-8 bytes, each with its size and ETag', async () => {
      const { Contents = [], KeyCount, IsTruncated } = await list({});
      expect(Contents.map(({ Key }) => Key)).toEqual(KEYS); // UTF-16 would put the emoji before U+FFEE
      expect(Contents[0]).toMatchObject({
        Size: 1,
        ETag: '"0cc175b9c0f1b6a831c399e269772661"',
        StorageClass: 'STANDARD',
      });
      expect([KeyCount, IsTruncated]).toEqual([KEYS.length, false]);
    });

    test('a delimiter folds keys into common prefixes', async () => {
      const top = await list({ Delimiter: '/' });
      expect(names(top)).toEqual(['a', 'e', 'é', '\uffee', '😀', 'b/', 'd/']);
      expect(names(await list({ Prefix: 'b/', Delimiter: '/' }))).toEqual(['b/1', 'b/2', 'b/c/']);
      expect(names(await list({ Prefix: 'b', Delimiter: '/' }))).toEqual(['b/']);
      expect(names(await list({ Prefix: 'zzz' }))).toEqual([]);
    });

    test.each([1, 2, 3])('pages of %i together give everything once', async (pageSize) => {
      const found: (string | undefined)[] = [];
      for await (const page of paginateListObjectsV2(
        { client: client(), pageSize },
        { Bucket: bucket, Delimiter: '/' },
      )) {
        expect(page.KeyCount).toBeLessThanOrEqual(pageSize);
        found.push(...names(page));
      }
      expect(found.sort()).toEqual(['a', 'b/', 'd/', 'e', 'é', '\uffee', '😀'].sort());
    });

    test('StartAfter leaves out the key itself and all before it', async () => {
      expect(names(await list({ StartAfter: 'b/2', Prefix: 'b/' }))).toEqual(['b/c/3']);
      expect(names(await list({ StartAfter: 'b/', Delimiter: '/', MaxKeys: 1 }))).toEqual(['d/']);
    });

    test("no keys at all are a whole page, and a token of one's own making is refused", async () => {
      expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
      await expect(list({ ContinuationToken: 'made-up' })).rejects.toMatchObject(refusal('InvalidArgument', 400));
    });

    test('EncodingType url percent-encodes keys', async () => {
      const { Contents = [] } = await list({ EncodingType: 'url' });
      expect(Contents.map(({ Key }) => Key)).toContain('%F0%9F%98%80');
    });

    test('the first version of the list pages by marker', async () => {
      const found: (string | undefined)[] = [];
      let marker: string | undefined;
      do {
        const page = await client().send(
          new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', MaxKeys: 2, ...(marker ? { Marker: marker } : {}) }),
        );
        found.push(...names(page));
        marker = page.IsTruncated ? page.NextMarker : undefined;
      } while (marker);
      expect(found).toHaveLength(7);
      expect(new Set(found).size).toBe(7);
    });
  });
}

function names({
  Contents = [],
  CommonPrefixes = [],
}: Pick<ListObjectsV2CommandOutput, 'Contents' | 'CommonPrefixes'>) {
  return [...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix)];
}

import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

export function describeDeletes({ client, bucket, newBucket }: Contract): void {
  describe('deletes', () => {
    test('an object is gone, and deleting nothing succeeds', async () => {
      await put(client(), bucket(), 'doomed');
      await client().send(new DeleteObjectCommand({ Bucket: bucket(), Key: 'doomed' }));
      await expect(read(client(), { Bucket: bucket(), Key: 'doomed' })).rejects.toMatchObject(
        refusal('NoSuchKey', 404),
      );
      const { $metadata } = await client().send(new DeleteObjectCommand({ Bucket: bucket(), Key: 'doomed' }));
      expect($metadata.httpStatusCode).toBe(204);
    });

    test('many go at once, whatever their names, and a quiet list names only failures', async () => {
      const own = await newBucket();
      const keys = ['a b', ' leading', 'trailing ', '<&>"\'', '..', 'x//y', 'tab\tnew\nline', 'ünï'];
      await Promise.all(keys.map((key) => put(client(), own, key)));
      const Objects = [...keys, 'never-there'].map((Key) => ({ Key }));
      const { Deleted = [] } = await client().send(new DeleteObjectsCommand({ Bucket: own, Delete: { Objects } }));
      expect(Deleted.map(({ Key }) => Key)).toEqual([...keys, 'never-there']);
      expect((await client().send(new ListObjectsV2Command({ Bucket: own }))).KeyCount).toBe(0);
      const quiet = await client().send(new DeleteObjectsCommand({ Bucket: own, Delete: { Objects, Quiet: true } }));
      expect([quiet.Deleted, quiet.Errors]).toEqual([undefined, undefined]);
    });

    test('a bucket goes only when it is empty', async () => {
      const own = await newBucket();
      await put(client(), own, 'k');
      const removal = client().send(new DeleteBucketCommand({ Bucket: own }));
      await expect(removal).rejects.toMatchObject(refusal('BucketNotEmpty', 409));
    });
  });
}

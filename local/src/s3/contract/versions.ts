import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

export function describeVersions({ client, newBucket }: Contract): void {
  describe('versions', () => {
    async function versionedBucket(): Promise<string> {
      const bucket = await newBucket();
      await setVersioning(bucket, 'Enabled');
      return bucket;
    }

    const setVersioning = (bucket: string, Status: 'Enabled' | 'Suspended') =>
      client().send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }));

    test('each put is a version of its own, and each can be read', async () => {
      const bucket = await versionedBucket();
      expect((await client().send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBe('Enabled');
      const first = await put(client(), bucket, 'k', 'one');
      const second = await put(client(), bucket, 'k', 'two');
      expect(first.VersionId).not.toBe(second.VersionId);
      expect((await read(client(), { Bucket: bucket, Key: 'k' })).text).toBe('two');
      expect((await read(client(), { Bucket: bucket, Key: 'k', VersionId: first.VersionId })).text).toBe('one');
    });

    test('a delete puts a marker, and removing the marker brings the object back', async () => {
      const bucket = await versionedBucket();
      const { VersionId } = await put(client(), bucket, 'k', 'one');
      const marker = await client().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k' }));
      expect(marker.DeleteMarker).toBe(true);
      await expect(read(client(), { Bucket: bucket, Key: 'k' })).rejects.toMatchObject(refusal('NoSuchKey', 404));
      const head = client().send(new HeadObjectCommand({ Bucket: bucket, Key: 'k', VersionId: marker.VersionId }));
      await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } });
      expect((await client().send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(0);
      expect((await read(client(), { Bucket: bucket, Key: 'k', VersionId })).text).toBe('one');
      await client().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k', VersionId: marker.VersionId }));
      expect((await read(client(), { Bucket: bucket, Key: 'k' })).text).toBe('one');
    });

    test('the list of versions pages by key, newest first, and knows the latest', async () => {
      const bucket = await versionedBucket();
      for (const body of ['1', '2', '3']) await put(client(), bucket, 'a', body);
      await put(client(), bucket, 'b');
      await client().send(new DeleteObjectCommand({ Bucket: bucket, Key: 'b' }));
      const found: unknown[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (markers) {
        const page: Awaited<ReturnType<typeof listTwo>> = await listTwo(bucket, markers);
        for (const { Key, IsLatest } of page.Versions ?? []) found.push([Key, 'version', IsLatest]);
        for (const { Key, IsLatest } of page.DeleteMarkers ?? []) found.push([Key, 'marker', IsLatest]);
        markers = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
      expect(found).toHaveLength(5);
      expect(found.slice(0, 3)).toEqual([
        ['a', 'version', true],
        ['a', 'version', false],
        ['a', 'version', false],
      ]);
      expect(found).toContainEqual(['b', 'marker', true]);
      expect(found).toContainEqual(['b', 'version', false]);
    });

    const listTwo = (bucket: string, markers: object) =>
      client().send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 2, ...markers }));

    test('what was there before versioning is the version null, and suspended versioning overwrites it', async () => {
      const bucket = await newBucket();
      await put(client(), bucket, 'k', 'before');
      await setVersioning(bucket, 'Enabled');
      const { VersionId } = await put(client(), bucket, 'k', 'during');
      expect((await read(client(), { Bucket: bucket, Key: 'k', VersionId: 'null' })).text).toBe('before');
      await setVersioning(bucket, 'Suspended');
      await put(client(), bucket, 'k', 'after');
      expect((await read(client(), { Bucket: bucket, Key: 'k', VersionId: 'null' })).text).toBe('after');
      expect((await read(client(), { Bucket: bucket, Key: 'k', VersionId })).text).toBe('during');
    });

    test('an older version comes back by copying it onto its key', async () => {
      const bucket = await versionedBucket();
      const { VersionId } = await put(client(), bucket, 'k', 'old');
      await put(client(), bucket, 'k', 'new');
      const copy = { Bucket: bucket, Key: 'k', CopySource: `${bucket}/k?versionId=${VersionId}` };
      const { CopySourceVersionId } = await client().send(new CopyObjectCommand(copy));
      expect(CopySourceVersionId).toBe(VersionId);
      expect((await read(client(), { Bucket: bucket, Key: 'k' })).text).toBe('old');
    });
  });
}

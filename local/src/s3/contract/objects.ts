import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectTaggingCommand,
  GetBucketLocationCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

export function describeObjects({ client, bucket }: Contract): void {
  describe('buckets', () => {
    test('a bucket is listed, located and headed; another is not there', async () => {
      const { Buckets = [] } = await client().send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name }) => Name)).toContain(bucket());
      await client().send(new GetBucketLocationCommand({ Bucket: bucket() }));
      await client().send(new HeadBucketCommand({ Bucket: bucket() }));
      const missing = `${bucket()}-missing`;
      await expect(client().send(new HeadBucketCommand({ Bucket: missing }))).rejects.toMatchObject(
        refusal('NotFound', 404),
      );
      await expect(put(client(), missing, 'k')).rejects.toMatchObject(refusal('NoSuchBucket', 404));
    });
  });

  describe('objects', () => {
    test('what is put comes back byte for byte, with what was said about it', async () => {
      const body = randomBytes(100_001);
      await client().send(
        new PutObjectCommand({
          Bucket: bucket(),
          Key: 'whole',
          Body: body,
          ContentType: 'image/png',
          CacheControl: 'max-age=60',
          ContentDisposition: 'attachment; filename="a b.png"',
          ContentLanguage: 'de',
          Metadata: { 'Drop-Name': 'flowers & trees' },
          StorageClass: 'STANDARD_IA',
          Tagging: 'a=1&b=two%20words',
        }),
      );
      const { answer, bytes } = await read(client(), { Bucket: bucket(), Key: 'whole' });
      expect(bytes.equals(body)).toBe(true);
      expect(answer).toMatchObject({
        ContentType: 'image/png',
        CacheControl: 'max-age=60',
        ContentDisposition: 'attachment; filename="a b.png"',
        ContentLanguage: 'de',
        ContentLength: 100_001,
        AcceptRanges: 'bytes',
        Metadata: { 'drop-name': 'flowers & trees' },
        StorageClass: 'STANDARD_IA',
        TagCount: 2,
      });
    });

    test('a stream, sent in signed or unsigned chunks, comes back byte for byte and without its travel encoding', async () => {
      const body = randomBytes(300_000);
      const pieces = [body.subarray(0, 100_000), body.subarray(100_000, 200_000), body.subarray(200_000)];
      const input = { Bucket: bucket(), Key: 'stream', ContentLength: body.length, ContentEncoding: 'identity' };
      await client().send(new PutObjectCommand({ ...input, Body: Readable.from(pieces) }));
      const { answer, bytes } = await read(client(), { Bucket: bucket(), Key: 'stream' });
      expect(bytes.equals(body)).toBe(true);
      expect(answer.ContentEncoding).toBe('identity');
    });

    test('an empty object is an object', async () => {
      await put(client(), bucket(), '_READY', '');
      const { answer, bytes } = await read(client(), { Bucket: bucket(), Key: '_READY' });
      expect(bytes.length).toBe(0);
      expect(answer.ETag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
      expect(answer.ContentType).toBe('application/octet-stream');
    });

    test.each(['bytes=6-10', 'bytes=6-', 'bytes=-5', 'bytes=6-999', 'bytes=-999'])(
      '%s gives those bytes',
      async (range) => {
        await put(client(), bucket(), 'ranged', 'hello world');
        const { answer, text } = await read(client(), { Bucket: bucket(), Key: 'ranged', Range: range });
        const isAll = range === 'bytes=-999';
        expect(text).toBe(isAll ? 'hello world' : 'world');
        expect(answer.ContentRange).toBe(isAll ? 'bytes 0-10/11' : 'bytes 6-10/11');
        expect(answer.$metadata.httpStatusCode).toBe(206);
      },
    );

    test('a range that has no byte is refused, and one that makes no sense is ignored', async () => {
      await put(client(), bucket(), 'ranged', 'hello world');
      for (const range of ['bytes=11-', 'bytes=900-999', 'bytes=-0']) {
        const reading = read(client(), { Bucket: bucket(), Key: 'ranged', Range: range });
        await expect(reading, range).rejects.toMatchObject(refusal('InvalidRange', 416));
      }
      for (const range of ['bytes=5-2', 'lines=1-2', 'bytes=0-1,3-4']) {
        const { text } = await read(client(), { Bucket: bucket(), Key: 'ranged', Range: range });
        expect(text, range).toBe('hello world');
      }
    });

    test('what is not there is NoSuchKey, and to HEAD, which has no body to say so, NotFound', async () => {
      await expect(read(client(), { Bucket: bucket(), Key: 'nothing' })).rejects.toMatchObject(
        refusal('NoSuchKey', 404),
      );
      const head = client().send(new HeadObjectCommand({ Bucket: bucket(), Key: 'nothing' }));
      await expect(head).rejects.toMatchObject(refusal('NotFound', 404));
    });

    test('a key of 1024 bytes is stored, one of 1025 is refused', async () => {
      const longest = 'é'.repeat(512);
      await put(client(), bucket(), longest, 'long');
      expect((await read(client(), { Bucket: bucket(), Key: longest })).text).toBe('long');
      await expect(put(client(), bucket(), `${longest}x`)).rejects.toMatchObject(refusal('KeyTooLongError', 400));
    });

    test('metadata of more than 2 KiB is refused', async () => {
      const big = new PutObjectCommand({ Bucket: bucket(), Key: 'meta', Body: '', Metadata: { a: 'x'.repeat(2048) } });
      await expect(client().send(big)).rejects.toMatchObject(refusal('MetadataTooLarge', 400));
    });

    test('tags are set, read and removed without touching the object', async () => {
      const at = { Bucket: bucket(), Key: 'tagged' };
      const { ETag } = await put(client(), bucket(), 'tagged', 'x');
      const TagSet = [{ Key: 'k @:/_.+-= 1', Value: 'v w' }];
      await client().send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }));
      expect((await client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual(TagSet);
      expect((await read(client(), at)).answer).toMatchObject({ ETag, TagCount: 1 });
      await client().send(new DeleteObjectTaggingCommand(at));
      expect((await client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual([]);
      const twice = [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ];
      const puttingTwice = client().send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: twice } }));
      await expect(puttingTwice).rejects.toMatchObject(refusal('InvalidTag', 400));
    });

    test('tags may have letters of every script', async () => {
      const at = { Bucket: bucket(), Key: 'tagged-in-letters' };
      await put(client(), bucket(), at.Key);
      const TagSet = [{ Key: 'Größe 猫', Value: 'größer' }];
      await client().send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }));
      expect((await client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual(TagSet);
    });

    test("tags with other characters, and names that begin as AWS's own do, are refused", async () => {
      const at = { Bucket: bucket(), Key: 'tagged-badly' };
      await put(client(), bucket(), at.Key);
      for (const tag of [
        { Key: 'a<b', Value: 'x' },
        { Key: 'aws:a', Value: 'x' },
      ]) {
        const putting = client().send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [tag] } }));
        await expect(putting, tag.Key).rejects.toMatchObject(refusal('InvalidTag', 400));
      }
    });

    test('attributes have size, class and the ETag without quotation marks', async () => {
      await put(client(), bucket(), 'attributes', 'abc');
      const attributes = await client().send(
        new GetObjectAttributesCommand({
          Bucket: bucket(),
          Key: 'attributes',
          ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass', 'Checksum'],
        }),
      );
      expect(attributes).toMatchObject({
        ETag: '900150983cd24fb0d6963f7d28e17f72',
        ObjectSize: 3,
        StorageClass: 'STANDARD',
        Checksum: { ChecksumCRC32: 'NSRBwg==', ChecksumType: 'FULL_OBJECT' },
      });
    });
  });
}

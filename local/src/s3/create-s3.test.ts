import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, describe, expect, test } from 'vitest';
import { put, read, refusal } from './contract/read.ts';
import { createS3 } from './create-s3.ts';
import type { ObjectCreated } from './store/outbox.ts';
import { CREDENTIALS, REGION, type RunningS3, startS3 } from './testing/start-s3.ts';

describe('the stand-in', () => {
  const started: RunningS3[] = [];

  async function start(...args: Parameters<typeof startS3>): Promise<RunningS3> {
    const running = await startS3(...args);
    started.push(running);
    return running;
  }

  afterEach(async () => {
    for (const running of started.splice(0)) await running.dispose();
  });

  describe('restarted', () => {
    test('has all that was answered for: objects, versions, tags, unfinished uploads', async () => {
      const before = await start();
      const client = before.client();
      await client.send(new CreateBucketCommand({ Bucket: 'kept' }));
      await client.send(new PutObjectCommand({ Bucket: 'kept', Key: 'ü/../x', Body: 'one', Metadata: { a: '1' } }));
      await client.send(
        new PutBucketVersioningCommand({ Bucket: 'kept', VersioningConfiguration: { Status: 'Enabled' } }),
      );
      const { VersionId } = await put(client, 'kept', 'ü/../x', 'two');
      await client.send(new DeleteObjectCommand({ Bucket: 'kept', Key: 'ü/../x' }));
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'kept', Key: 'parts' }));
      const upload = { Bucket: 'kept', Key: 'parts', UploadId };
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' }));
      await before.stop();

      const after = await start({ directory: before.directory });
      const again = after.client();
      const one = await read(again, { Bucket: 'kept', Key: 'ü/../x', VersionId: 'null' });
      expect([one.text, one.answer.Metadata]).toEqual(['one', { a: '1' }]);
      expect((await read(again, { Bucket: 'kept', Key: 'ü/../x', VersionId })).text).toBe('two');
      const { Versions, DeleteMarkers } = await again.send(new ListObjectVersionsCommand({ Bucket: 'kept' }));
      expect([Versions?.length, DeleteMarkers?.[0]?.IsLatest]).toEqual([2, true]);
      const parts = { Parts: [{ PartNumber: 1, ETag }] };
      await again.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: parts }));
      expect((await read(again, { Bucket: 'kept', Key: 'parts' })).text).toBe('part');
    });

    test('on a folder that is in use says so', async () => {
      const { directory } = await start();
      const second = createS3({ directory, credentials: CREDENTIALS, region: REGION });
      await expect(second).rejects.toThrow(/S3_DIRECTORY_UNUSABLE: .* another process/);
    });
  });

  describe('notifies', () => {
    test('of puts, copies and completed uploads, with all that EventBridge says of them', async () => {
      const events: ObjectCreated[] = [];
      const running = await start({ onObjectCreated: (event) => void events.push(event) });
      const client = running.client();
      running.s3.createBucket('drops');
      const { $metadata } = await client.send(new PutObjectCommand({ Bucket: 'drops', Key: 'a +%2B ü', Body: 'abc' }));
      const copy = { Bucket: 'drops', Key: 'copy', CopySource: `drops/${encodeURIComponent('a +%2B ü')}` };
      await client.send(
        new PutBucketVersioningCommand({ Bucket: 'drops', VersioningConfiguration: { Status: 'Enabled' } }),
      );
      const { VersionId } = await client.send(new CopyObjectCommand(copy));
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: 'drops', Key: 'mp' }));
      const upload = { Bucket: 'drops', Key: 'mp', UploadId };
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'abcd' }));
      await client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
      );

      await expect.poll(() => events.length).toBe(3);
      expect(events[0]).toEqual({
        bucket: 'drops',
        key: 'a +%2B ü',
        size: 3,
        etag: '900150983cd24fb0d6963f7d28e17f72',
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
        reason: 'PutObject',
        requestId: $metadata.requestId,
        requester: CREDENTIALS.accessKeyId,
        sourceIpAddress: '127.0.0.1',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      expect(events[1]).toMatchObject({ key: 'copy', reason: 'CopyObject', versionId: VersionId });
      expect(events[2]).toMatchObject({
        key: 'mp',
        reason: 'CompleteMultipartUpload',
        size: 4,
        etag: expect.stringMatching(/-1$/),
      });
      const sequencers = events.map(({ sequencer }) => sequencer);
      expect(sequencers.toSorted()).toEqual(sequencers);
      expect(new Set(sequencers).size).toBe(3);
    });

    test('again until the receiver has taken it, and after a restart', async () => {
      let attempts = 0;
      const before = await start({
        onObjectCreated: () => {
          attempts += 1;
          throw new Error('not now');
        },
      });
      before.s3.createBucket('drops');
      await put(before.client(), 'drops', 'k');
      await expect.poll(() => attempts).toBeGreaterThan(1);
      await before.stop();

      const events: ObjectCreated[] = [];
      const after = await start({ directory: before.directory, onObjectCreated: (event) => void events.push(event) });
      await expect.poll(() => events.map(({ key }) => key)).toEqual(['k']);
      await after.stop();

      const again: ObjectCreated[] = [];
      const third = await start({ directory: before.directory, onObjectCreated: (event) => void again.push(event) });
      await put(third.client(), 'drops', 'later');
      await expect.poll(() => again.map(({ key }) => key)).toEqual(['later']); // `k` was taken and does not come again
    });

    test('of a bucket made over HTTP only when its configuration says so', async () => {
      const keys: string[] = [];
      const running = await start({ onObjectCreated: ({ key }) => void keys.push(key) });
      const client = running.client();
      await client.send(new CreateBucketCommand({ Bucket: 'quiet' }));
      await put(client, 'quiet', 'unheard');
      const configuration = { EventBridgeConfiguration: {} };
      await client.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: 'quiet', NotificationConfiguration: configuration }),
      );
      const answer = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'quiet' }));
      expect(answer.EventBridgeConfiguration).toBeDefined();
      await put(client, 'quiet', 'heard');
      await expect.poll(() => keys).toEqual(['heard']);
      await client.send(
        new PutBucketNotificationConfigurationCommand({ Bucket: 'quiet', NotificationConfiguration: {} }),
      );
      await put(client, 'quiet', 'unheard again');
      expect(keys).toEqual(['heard']);
    });

    test('of nothing that was refused', async () => {
      const keys: string[] = [];
      const running = await start({ onObjectCreated: ({ key }) => void keys.push(key) });
      running.s3.createBucket('drops');
      const bad = new PutObjectCommand({ Bucket: 'drops', Key: 'bad', Body: 'abc', ChecksumCRC32: 'AAAAAA==' });
      await expect(running.client().send(bad)).rejects.toMatchObject(refusal('BadDigest', 400));
      await put(running.client(), 'drops', 'good');
      await expect.poll(() => keys).toEqual(['good']);
    });
  });

  describe('protects', () => {
    test('an object from operations that it does not have', async () => {
      const running = await start();
      running.s3.createBucket('drops');
      await put(running.client(), 'drops', 'k', 'content');
      const acl = new PutObjectAclCommand({ Bucket: 'drops', Key: 'k', ACL: 'private' });
      await expect(running.client().send(acl)).rejects.toMatchObject(refusal('NotImplemented', 501));
      expect((await read(running.client(), { Bucket: 'drops', Key: 'k' })).text).toBe('content');
    });

    test('its folder from keys, whatever they say', async () => {
      const running = await start();
      running.s3.createBucket('drops');
      for (const key of ['../../../escape', '/etc/passwd', 'a/../../b', '..', '.', 'index.sqlite', 'nul\0byte']) {
        await put(running.client(), 'drops', key, key);
        expect((await read(running.client(), { Bucket: 'drops', Key: key })).text).toBe(key);
      }
      const entries = await readdir(running.directory, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      for (const name of files) expect(name).toMatch(/^([0-9a-f]{32}|index\.sqlite(-wal)?)$/);
    });

    test('a reader from a writer: what is being read stays what it was', async () => {
      const running = await start();
      running.s3.createBucket('drops');
      const old = Buffer.alloc(8 * 1024 * 1024, 'old');
      await put(running.client(), 'drops', 'k', old);
      const { Body } = await running.client().send(new GetObjectCommand({ Bucket: 'drops', Key: 'k' }));
      await put(running.client(), 'drops', 'k', 'new');
      await running.client().send(new DeleteObjectCommand({ Bucket: 'drops', Key: 'k' }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(old)).toBe(true);
      await expect.poll(() => blobCount(running)).toBe(0);
    });

    test('the log from readers that leave early, whose blob is let go all the same', async () => {
      const logged: string[] = [];
      const running = await start({ log: (message) => void logged.push(message) });
      running.s3.createBucket('drops');
      await put(running.client(), 'drops', 'k', Buffer.alloc(8 * 1024 * 1024));
      const url = await getSignedUrl(running.client(), new GetObjectCommand({ Bucket: 'drops', Key: 'k' }), {
        expiresIn: 60,
      });
      const leaving = new AbortController();
      const answer = await fetch(url, { signal: leaving.signal });
      leaving.abort();
      await expect(answer.arrayBuffer()).rejects.toThrow();
      await running.client().send(new DeleteObjectCommand({ Bucket: 'drops', Key: 'k' }));
      await expect.poll(() => blobCount(running)).toBe(0);
      expect(logged).toEqual([]);
    });

    test('the disk from what an interrupted client has sent', async () => {
      const running = await start();
      running.s3.createBucket('drops');
      const url = await presign(running, 'k');
      const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
      request.on('error', () => undefined); // it is cut off on purpose
      request.write(Buffer.alloc(200_000));
      await expect.poll(async () => (await readdir(`${running.directory}/incoming`)).length).toBe(1);
      request.destroy();
      await expect.poll(async () => (await readdir(`${running.directory}/incoming`)).length).toBe(0);
      await expect(read(running.client(), { Bucket: 'drops', Key: 'k' })).rejects.toMatchObject(
        refusal('NoSuchKey', 404),
      );
    });
  });

  test('closes while a client is still sending, and answers no more', async () => {
    const running = await start();
    running.s3.createBucket('drops');
    const url = await presign(running, 'k');
    const request = httpRequest(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } });
    const failed = once(request, 'error');
    request.write(Buffer.alloc(1000));
    await expect.poll(async () => (await readdir(`${running.directory}/incoming`)).length).toBe(1);
    await running.s3.close();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    expect((await fetch(running.endpoint)).status).toBe(503);
  });

  test('takes requests for another region only where it is told to', async () => {
    const [strict, open] = [await start(), await start({ anyRegion: true })];
    const list = (url: string) =>
      new S3Client({
        endpoint: url,
        region: 'ap-south-1',
        forcePathStyle: true,
        credentials: CREDENTIALS,
        maxAttempts: 1,
      }).send(new ListBucketsCommand({}));
    await expect(list(strict.endpoint)).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed' });
    expect((await list(open.endpoint)).Buckets).toBeDefined();
  });

  test('in another region names it, and does not take a bucket twice', async () => {
    const running = await start({ region: 'eu-central-1' });
    const client = running.client();
    await client.send(new CreateBucketCommand({ Bucket: 'mine' }));
    const { LocationConstraint } = await client.send(new GetBucketLocationCommand({ Bucket: 'mine' }));
    expect(LocationConstraint).toBe('eu-central-1');
    const again = client.send(new CreateBucketCommand({ Bucket: 'mine' }));
    await expect(again).rejects.toMatchObject(refusal('BucketAlreadyOwnedByYou', 409));
    for (const Bucket of ['UPPER', 'ab', '192.168.0.1', 'a..b']) {
      await expect(client.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject(
        refusal('InvalidBucketName', 400),
      );
    }
  });
});

function presign(running: RunningS3, key: string): Promise<string> {
  return getSignedUrl(running.client(), new PutObjectCommand({ Bucket: 'drops', Key: key }), { expiresIn: 60 });
}

async function blobCount({ directory }: RunningS3): Promise<number> {
  const entries = await readdir(`${directory}/blobs`, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

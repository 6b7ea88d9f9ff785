import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

const PART_BYTES = 5 * 1024 * 1024;

export function describeMultipart({ client, bucket, newBucket }: Contract): void {
  describe('multipart uploads', () => {
    const first = randomBytes(PART_BYTES);
    const second = randomBytes(1000);
    const whole = Buffer.concat([first, second]);

    async function start(
      key: string,
      checksum: { ChecksumAlgorithm?: ChecksumAlgorithm; ChecksumType?: ChecksumType } = {},
    ) {
      const at = { Bucket: bucket(), Key: key };
      const { UploadId } = await client().send(new CreateMultipartUploadCommand({ ...at, ...checksum }));
      const algorithm = checksum.ChecksumAlgorithm ? { ChecksumAlgorithm: checksum.ChecksumAlgorithm } : {};
      const send = async (PartNumber: number, Body: Buffer | string): Promise<CompletedPart> => {
        const { $metadata, ...part } = await client().send(
          new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...algorithm }),
        );
        return { PartNumber, ...part };
      };
      const complete = (Parts: CompletedPart[], more: object = {}) =>
        client().send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts }, ...more }));
      return { at, UploadId, send, complete };
    }

    test('parts become one object, whose ETag is the hash of their hashes', async () => {
      const { at, send, complete } = await start('parts');
      const parts = [await send(2, second), await send(1, first)].reverse();
      const { ETag } = await complete(parts);
      const md5s = Buffer.concat([first, second].map((part) => createHash('md5').update(part).digest()));
      expect(ETag).toBe(`"${createHash('md5').update(md5s).digest('hex')}-2"`);
      expect((await read(client(), at)).bytes.equals(whole)).toBe(true);
      const across = await read(client(), { ...at, Range: `bytes=${PART_BYTES - 3}-${PART_BYTES + 2}` });
      expect(across.bytes.equals(whole.subarray(PART_BYTES - 3, PART_BYTES + 3))).toBe(true);
      const part = await read(client(), { ...at, PartNumber: 2 });
      expect([part.bytes.equals(second), part.answer.PartsCount]).toEqual([true, 2]);
      const attributes = new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectParts', 'ObjectSize'] });
      expect(await client().send(attributes)).toMatchObject({
        ObjectSize: whole.length,
        ObjectParts: { TotalPartsCount: 2 },
      });
    });

    test('a part sent twice counts as it was sent last, and parts not named are dropped', async () => {
      const { at, send, complete } = await start('parts-again');
      await send(1, 'old');
      const part = await send(1, 'new');
      await send(7, 'left out');
      await complete([part]);
      expect((await read(client(), at)).text).toBe('new');
    });

    test('a wrong order is refused', async () => {
      const { send, complete } = await start('out-of-order');
      const parts = [await send(1, first), await send(2, first)];
      await expect(complete(parts.toReversed())).rejects.toMatchObject(refusal('InvalidPartOrder', 400));
    });

    test('a missing part, a wrong ETag, a small part and no part at all are refused', async () => {
      const { at, UploadId, send, complete } = await start('refused');
      const one = await send(1, 'small');
      const two = await send(2, 'small too');
      await expect(complete([{ ...one, PartNumber: 9 }])).rejects.toMatchObject(refusal('InvalidPart', 400));
      await expect(complete([{ ...one, ETag: '"0"' }])).rejects.toMatchObject(refusal('InvalidPart', 400));
      await expect(complete([one, two])).rejects.toMatchObject(refusal('EntityTooSmall', 400));
      await expect(complete([])).rejects.toMatchObject(refusal('MalformedXML', 400));
      await expect(complete([one], { MpuObjectSize: 6 })).rejects.toMatchObject(refusal('InvalidRequest', 400));
      await expect(send(0, 'x')).rejects.toMatchObject(refusal('InvalidArgument', 400));
      await expect(send(10_001, 'x')).rejects.toMatchObject(refusal('InvalidArgument', 400));
      await expect(read(client(), at)).rejects.toMatchObject(refusal('NoSuchKey', 404));
      await client().send(new AbortMultipartUploadCommand({ ...at, UploadId }));
      await expect(complete([one])).rejects.toMatchObject(refusal('NoSuchUpload', 404));
    });

    test('If-None-Match decides at completion, and a refused upload can still be completed', async () => {
      const { at, send, complete } = await start('conditional');
      const part = await send(1, 'uploaded');
      await put(client(), bucket(), 'conditional', 'meanwhile');
      await expect(complete([part], { IfNoneMatch: '*' })).rejects.toMatchObject(refusal('PreconditionFailed', 412));
      expect((await read(client(), at)).text).toBe('meanwhile');
      await complete([part]);
      expect((await read(client(), at)).text).toBe('uploaded');
    });

    test('parts are listed in pages', async () => {
      const { at, UploadId, send } = await start('listed');
      for (const number of [5, 1, 3]) await send(number, 'x');
      const page = await client().send(new ListPartsCommand({ ...at, UploadId, MaxParts: 2 }));
      expect(page.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 3]);
      expect([page.IsTruncated, page.NextPartNumberMarker]).toEqual([true, '3']);
      const rest = await client().send(new ListPartsCommand({ ...at, UploadId, PartNumberMarker: '3' }));
      expect(rest.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[5, 1]]);
    });

    describe('unfinished ones', () => {
      let own = '';
      const ids: (string | undefined)[] = [];

      beforeAll(async () => {
        own = await newBucket();
        for (const Key of ['b', 'a', 'a', 'c/1', 'c/2']) {
          ids.push((await client().send(new CreateMultipartUploadCommand({ Bucket: own, Key }))).UploadId);
        }
      });

      test('are listed by key and age, in pages and folded', async () => {
        const page = await client().send(new ListMultipartUploadsCommand({ Bucket: own, MaxUploads: 1 }));
        expect(page.Uploads?.map(({ UploadId }) => UploadId)).toEqual([ids[1]]);
        const markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
        const rest = await client().send(new ListMultipartUploadsCommand({ Bucket: own, Delimiter: '/', ...markers }));
        expect(rest.Uploads?.map(({ UploadId }) => UploadId)).toEqual([ids[2], ids[0]]);
        expect(rest.CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
      });
    });

    test('a part can be copied from a range of another object', async () => {
      await put(client(), bucket(), 'part-source', whole);
      const { at, UploadId, send, complete } = await start('copied-part');
      const one = await send(1, first);
      const copy = (CopySourceRange: string) =>
        client().send(
          new UploadPartCopyCommand({
            ...at,
            UploadId,
            PartNumber: 2,
            CopySource: `${bucket()}/part-source`,
            CopySourceRange,
          }),
        );
      await expect(copy(`bytes=0-${whole.length}`)).rejects.toMatchObject(refusal('InvalidArgument', 400));
      const { CopyPartResult } = await copy(`bytes=${PART_BYTES}-${whole.length - 1}`);
      await complete([one, { PartNumber: 2, ...CopyPartResult }]);
      expect((await read(client(), at)).bytes.equals(whole)).toBe(true);
    });

    test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)(
      '%s of the whole object is joined from the parts',
      async (algorithm) => {
        const field = `Checksum${algorithm}` as const;
        const { at, send, complete } = await start(`full-${algorithm}`, {
          ChecksumAlgorithm: algorithm,
          ChecksumType: 'FULL_OBJECT',
        });
        const answer = await complete([await send(1, first), await send(2, second)], { ChecksumType: 'FULL_OBJECT' });
        const { [field]: inOnePiece } = await client().send(
          new HeadObjectCommand({ ...(await putWhole(algorithm)), ChecksumMode: 'ENABLED' }),
        );
        expect(answer).toMatchObject({ [field]: inOnePiece, ChecksumType: 'FULL_OBJECT' });
        expect((await read(client(), { ...at, ChecksumMode: 'ENABLED' })).answer[field]).toBe(inOnePiece);
      },
    );

    async function putWhole(algorithm: ChecksumAlgorithm) {
      const at = { Bucket: bucket(), Key: `one-piece-${algorithm}` };
      await new Upload({
        client: client(),
        params: { ...at, Body: whole, ChecksumAlgorithm: algorithm },
        partSize: 2 * PART_BYTES,
      }).done();
      return at;
    }

    test.each(['CRC32', 'SHA256'] as const)(
      '%s is composite unless asked otherwise, and every part must bring its own',
      async (algorithm) => {
        const field = `Checksum${algorithm}` as const;
        const { at, send, complete } = await start(`composite-${algorithm}`, { ChecksumAlgorithm: algorithm });
        const parts = [await send(1, first), await send(2, second)];
        const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
        await expect(complete(bare)).rejects.toMatchObject(refusal('InvalidRequest', 400));
        const answer = await complete(parts);
        expect(answer).toMatchObject({ [field]: expect.stringMatching(/=-2$/), ChecksumType: 'COMPOSITE' });
        const attributes = new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectParts', 'Checksum'] });
        const { ObjectParts } = await client().send(attributes);
        expect(ObjectParts?.Parts?.map((part) => part[field])).toEqual(parts.map((part) => part[field]));
      },
    );

    test('a stream of unknown length goes up in parts', async () => {
      const params = { Bucket: bucket(), Key: 'streamed', Body: Readable.from([whole]) };
      await new Upload({ client: client(), params, partSize: PART_BYTES }).done();
      expect((await read(client(), params)).bytes.equals(whole)).toBe(true);
    });
  });
}

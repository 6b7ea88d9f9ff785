import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ChecksumAlgorithm, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { read, refusal } from './read.ts';

/** Of the text `123456789`, base64. CRC values: reveng's catalogue of parametrised CRC algorithms, "check". */
const CHECKSUMS = {
  CRC32: 'y/Q5Jg==',
  CRC32C: '4waSgw==',
  CRC64NVME: 'rosUhgp5mIg=',
  SHA1: createHash('sha1').update('123456789').digest('base64'),
  SHA256: createHash('sha256').update('123456789').digest('base64'),
} as const;

export function describeIntegrity({ client, bucket }: Contract): void {
  describe('integrity', () => {
    const algorithms = Object.keys(CHECKSUMS) as (keyof typeof CHECKSUMS)[]; // the object is a constant

    test.each(algorithms)('%s is checked, kept and given back', async (algorithm) => {
      const at = { Bucket: bucket(), Key: `checksum-${algorithm}` };
      const field = `Checksum${algorithm}` as const;
      const answer = await client().send(
        new PutObjectCommand({ ...at, Body: '123456789', ChecksumAlgorithm: algorithm as ChecksumAlgorithm }), // S3's name
      );
      expect(answer[field]).toBe(CHECKSUMS[algorithm]);
      const head = await client().send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }));
      expect(head).toMatchObject({ [field]: CHECKSUMS[algorithm], ChecksumType: 'FULL_OBJECT' });
    });

    test.each(algorithms)(
      '%s that does not fit is refused, in a header or after a stream, and nothing is stored',
      async (algorithm) => {
        const at = { Bucket: bucket(), Key: `bad-${algorithm}` };
        const promised = { [`Checksum${algorithm}`]: CHECKSUMS[algorithm] };
        const whole = client().send(new PutObjectCommand({ ...at, Body: '12345678', ...promised }));
        await expect(whole).rejects.toMatchObject(refusal('BadDigest', 400));
        const body = Readable.from([Buffer.from('12345678')]);
        const streamed = client().send(new PutObjectCommand({ ...at, Body: body, ContentLength: 8, ...promised }));
        await expect(streamed).rejects.toMatchObject(refusal('BadDigest', 400));
        await expect(read(client(), at)).rejects.toMatchObject(refusal('NoSuchKey', 404));
      },
    );

    test('Content-MD5 is checked, and one that is none is InvalidDigest', async () => {
      const at = { Bucket: bucket(), Key: 'md5' };
      const md5 = createHash('md5').update('abc').digest('base64');
      await client().send(new PutObjectCommand({ ...at, Body: 'abc', ContentMD5: md5 }));
      const wrong = client().send(new PutObjectCommand({ ...at, Body: 'abd', ContentMD5: md5 }));
      await expect(wrong).rejects.toMatchObject(refusal('BadDigest', 400));
      const malformed = client().send(new PutObjectCommand({ ...at, Body: 'abc', ContentMD5: 'abc' }));
      await expect(malformed).rejects.toMatchObject(refusal('InvalidDigest', 400));
      expect((await read(client(), at)).text).toBe('abc');
    });

    test('the checksum is left out where only a piece is read', async () => {
      const at = { Bucket: bucket(), Key: 'piece' };
      await client().send(new PutObjectCommand({ ...at, Body: '123456789' }));
      const { answer } = await read(client(), { ...at, Range: 'bytes=0-1', ChecksumMode: 'ENABLED' });
      expect(answer.ChecksumCRC32).toBeUndefined();
    });
  });
}

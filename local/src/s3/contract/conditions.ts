import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export function describeConditions({ client, bucket }: Contract): void {
  describe('conditions', () => {
    test('If-None-Match: * writes only where nothing is, and of ten at once exactly one succeeds', async () => {
      const write = (body: string) =>
        client().send(new PutObjectCommand({ Bucket: bucket(), Key: 'once', Body: body, IfNoneMatch: '*' }));
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => write(String(index))));
      const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      expect((await read(client(), { Bucket: bucket(), Key: 'once' })).text).toBe(String(winners[0]));
      await expect(write('late')).rejects.toMatchObject(refusal('PreconditionFailed', 412));
    });

    test('If-Match writes only over that ETag', async () => {
      const at = { Bucket: bucket(), Key: 'swap' };
      await expect(client().send(new PutObjectCommand({ ...at, IfMatch: '"x"' }))).rejects.toMatchObject(
        refusal('NoSuchKey', 404),
      );
      const { ETag } = await put(client(), bucket(), 'swap', 'one');
      await client().send(new PutObjectCommand({ ...at, Body: 'two', IfMatch: ETag }));
      const stale = client().send(new PutObjectCommand({ ...at, Body: 'three', IfMatch: ETag }));
      await expect(stale).rejects.toMatchObject(refusal('PreconditionFailed', 412));
      expect((await read(client(), at)).text).toBe('two');
    });

    test('a reader gets 304 for what it has and 412 for what it does not want', async () => {
      const at = { Bucket: bucket(), Key: 'read-if' };
      const { ETag } = await put(client(), bucket(), 'read-if', 'x');
      const before = new Date(Date.now() - DAY_MS);
      const after = new Date(Date.now() + DAY_MS);
      const unchanged = { $metadata: { httpStatusCode: 304 } };
      await expect(read(client(), { ...at, IfNoneMatch: ETag })).rejects.toMatchObject(unchanged);
      await expect(read(client(), { ...at, IfModifiedSince: after })).rejects.toMatchObject(unchanged);
      const refused = { $metadata: { httpStatusCode: 412 } };
      await expect(read(client(), { ...at, IfMatch: '"other"' })).rejects.toMatchObject(refused);
      await expect(read(client(), { ...at, IfUnmodifiedSince: before })).rejects.toMatchObject(refused);
      const wanted = [
        { IfMatch: ETag },
        { IfNoneMatch: '"other"' },
        { IfModifiedSince: before },
        { IfUnmodifiedSince: after },
        { IfMatch: ETag, IfUnmodifiedSince: before },
        { IfNoneMatch: '"other"', IfModifiedSince: after },
      ];
      for (const condition of wanted) expect((await read(client(), { ...at, ...condition })).text).toBe('x');
    });

    test('If-Match protects from deleting another version than the one seen', async () => {
      const at = { Bucket: bucket(), Key: 'delete-if' };
      const { ETag } = await put(client(), bucket(), 'delete-if', 'one');
      await put(client(), bucket(), 'delete-if', 'two');
      const stale = client().send(new DeleteObjectCommand({ ...at, IfMatch: ETag }));
      await expect(stale).rejects.toMatchObject(refusal('PreconditionFailed', 412));
      expect((await read(client(), at)).text).toBe('two');
    });
  });
}

import { CopyObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read, refusal } from './read.ts';

export function describeCopies({ client, bucket }: Contract): void {
  describe('copies', () => {
    const source = 'sources/ü + %2F?.txt';
    const copySource = () => `${bucket()}/${encodeURIComponent(source)}`;

    async function putSource() {
      const labels = { ContentType: 'text/plain', Metadata: { a: '1' }, Tagging: 'x=y' };
      return client().send(new PutObjectCommand({ Bucket: bucket(), Key: source, Body: 'source', ...labels }));
    }

    test('a copy has the bytes, the metadata and the tags of its source', async () => {
      const { ETag } = await putSource();
      const at = { Bucket: bucket(), Key: 'copy' };
      const { CopyObjectResult } = await client().send(new CopyObjectCommand({ ...at, CopySource: copySource() }));
      expect(CopyObjectResult?.ETag).toBe(ETag);
      const copy = await read(client(), at);
      expect([copy.text, copy.answer.ContentType, copy.answer.Metadata]).toEqual(['source', 'text/plain', { a: '1' }]);
      expect((await client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual([{ Key: 'x', Value: 'y' }]);
    });

    test('directives replace metadata and tags', async () => {
      await putSource();
      const at = { Bucket: bucket(), Key: 'relabelled' };
      const directives = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const;
      await client().send(
        new CopyObjectCommand({
          ...at,
          CopySource: copySource(),
          ...directives,
          ContentType: 'text/x-new',
          Tagging: 'n=1',
        }),
      );
      const head = await client().send(new HeadObjectCommand(at));
      expect([head.ContentType, head.Metadata]).toEqual(['text/x-new', {}]);
      expect((await client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual([{ Key: 'n', Value: '1' }]);
    });

    test('a copy onto itself must change something', async () => {
      await putSource();
      const onto = { Bucket: bucket(), Key: source, CopySource: copySource() };
      await expect(client().send(new CopyObjectCommand(onto))).rejects.toMatchObject(refusal('InvalidRequest', 400));
      await client().send(new CopyObjectCommand({ ...onto, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }));
      const { answer, text } = await read(client(), { Bucket: bucket(), Key: source });
      expect([text, answer.Metadata]).toEqual(['source', { b: '2' }]);
    });

    test('conditions on the source, and a source that is not there, are refused', async () => {
      const { ETag } = await put(client(), bucket(), 'conditional-source');
      const copy = (condition: object) =>
        client().send(
          new CopyObjectCommand({
            Bucket: bucket(),
            Key: 'c',
            CopySource: `${bucket()}/conditional-source`,
            ...condition,
          }),
        );
      await expect(copy({ CopySourceIfMatch: '"x"' })).rejects.toMatchObject(refusal('PreconditionFailed', 412));
      await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject(refusal('PreconditionFailed', 412));
      await expect(copy({ CopySource: `${bucket()}/nothing` })).rejects.toMatchObject(refusal('NoSuchKey', 404));
      await copy({ CopySourceIfMatch: ETag });
    });
  });
}

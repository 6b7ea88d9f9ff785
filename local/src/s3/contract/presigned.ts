import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { put, read } from './read.ts';

const EXPIRES = { expiresIn: 60 };

export function describePresigned({ client, bucket }: Contract): void {
  describe('presigned URLs', () => {
    test('GET works for whoever has the URL, with a range and with other labels', async () => {
      const key = "pre signed/ü+%&'()*.txt";
      await put(client(), bucket(), key, 'hello world');
      const command = new GetObjectCommand({ Bucket: bucket(), Key: key, ResponseContentType: 'text/x-own' });
      const url = await getSignedUrl(client(), command, EXPIRES);
      const answer = await fetch(url, { headers: { range: 'bytes=6-' } });
      expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
        206,
        'world',
        'text/x-own',
      ]);
    });

    test('a changed path, parameter or signature is refused', async () => {
      await put(client(), bucket(), 'secret', 'x');
      await put(client(), bucket(), 'public', 'x');
      const url = await getSignedUrl(client(), new GetObjectCommand({ Bucket: bucket(), Key: 'public' }), EXPIRES);
      const changed = [
        url.replace('/public', '/secret'),
        url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'),
        url.replace(/X-Amz-Signature=..../, 'X-Amz-Signature=0000'),
        `${url}&response-content-type=text/html`,
      ];
      for (const one of changed) {
        const answer = await fetch(one);
        expect([answer.status, await answer.text()], one).toEqual([
          403,
          expect.stringContaining('SignatureDoesNotMatch'),
        ]);
      }
    });

    test('a label that no header can carry is refused', async () => {
      await put(client(), bucket(), 'labelled', 'x');
      const ResponseContentDisposition = 'attachment; filename="猫"';
      const command = new GetObjectCommand({ Bucket: bucket(), Key: 'labelled', ResponseContentDisposition });
      const answer = await fetch(await getSignedUrl(client(), command, EXPIRES));
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('InvalidArgument')]);
    });

    test('PUT stores what is sent, although the URL carries the checksum of nothing', async () => {
      const command = new PutObjectCommand({ Bucket: bucket(), Key: 'presigned-put', ContentType: 'text/plain' });
      const url = await getSignedUrl(client(), command, EXPIRES);
      const answer = await fetch(url, { method: 'PUT', body: 'put!', headers: { 'content-type': 'text/plain' } });
      expect(answer.status).toBe(200);
      const stored = await read(client(), { Bucket: bucket(), Key: 'presigned-put' });
      expect([stored.text, stored.answer.ContentType]).toEqual(['put!', 'text/plain']);
    });

    test('a part can be sent to a URL of its own', async () => {
      const at = { Bucket: bucket(), Key: 'presigned-part' };
      const { UploadId } = await client().send(new CreateMultipartUploadCommand(at));
      const url = await getSignedUrl(client(), new UploadPartCommand({ ...at, UploadId, PartNumber: 1 }), EXPIRES);
      const answer = await fetch(url, { method: 'PUT', body: 'part' });
      const parts = { Parts: [{ PartNumber: 1, ETag: answer.headers.get('etag') ?? '' }] };
      await client().send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: parts }));
      expect((await read(client(), at)).text).toBe('part');
    });
  });
}

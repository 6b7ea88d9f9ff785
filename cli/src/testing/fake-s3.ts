import { createServer } from 'node:http';
import { listen } from './fake-api.ts';

export interface FakeS3 {
  readonly url: string;
  /** Contents by `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** What was asked, in order: `PUT bucket/key`, `POST bucket/key?uploads`, … */
  readonly requests: string[];
  close(): void;
}

/** As much of S3 as an upload needs: objects whole and in parts, versions, one bucket. */
export async function startFakeS3(bucket = 'dropforge'): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    const key = decodeURIComponent(url.pathname.slice(1));
    const query = url.searchParams;
    const kind = query.has('uploads')
      ? '?uploads'
      : query.has('partNumber')
        ? '?part'
        : query.has('uploadId')
          ? '?uploadId'
          : '';
    requests.push(`${request.method} ${key}${kind}`);
    const body = unchunk(Buffer.concat(await request.toArray()), request.headers['x-amz-decoded-content-length']);
    const answer = (status: number, text = '', headers = {}) => response.writeHead(status, headers).end(text);
    if (request.method === 'GET' && key === '')
      return answer(
        200,
        `<ListAllMyBucketsResult><Buckets><Bucket><Name>${bucket}</Name></Bucket></Buckets></ListAllMyBucketsResult>`,
      );
    if (request.method === 'HEAD') return answer(objects.has(key) ? 200 : 404);
    if (request.method === 'DELETE') return answer(204);
    if (request.method === 'PUT' && kind === '?part') {
      parts.set(String(query.get('partNumber')).padStart(5, '0'), body);
      return answer(200, '', { etag: '"part"' });
    }
    if (request.method === 'PUT') {
      objects.set(key, body);
      return answer(200, '', { etag: '"whole"', 'x-amz-version-id': `v${objects.size}` });
    }
    if (kind === '?uploads')
      return answer(200, '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>');
    objects.set(key, Buffer.concat([...parts].sort(([a], [b]) => a.localeCompare(b)).map(([, part]) => part)));
    parts.clear();
    return answer(200, '<CompleteMultipartUploadResult><ETag>"all-2"</ETag></CompleteMultipartUploadResult>', {
      'x-amz-version-id': `v${objects.size}`,
    });
  });
  return { url: await listen(server), objects, requests, close: () => server.close() };
}

/** `aws-chunked` bodies: each chunk has its size in hexadecimal before it, and checksums follow the last. */
function unchunk(body: Buffer, decodedLength: string | string[] | undefined): Buffer {
  if (decodedLength === undefined) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}

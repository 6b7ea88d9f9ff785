import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObjectStore } from './object-store.ts';

const written: string[] = [];
/** As much of S3 as the store needs: PUT, GET and HEAD of whole objects, and its two ways to say that there is none. */
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  if (request.method === 'PUT') {
    written.push(`${request.url?.split('?')[0]} ${request.headers['content-type']} ${body}`);
    return response.end();
  }
  const content = { '/b/some.json': '{"a": 1}', '/b/empty': '', '/b/ten': '0123456789' }[
    request.url?.split('?')[0] ?? ''
  ];
  if (content !== undefined) return response.setHeader('content-length', content.length).end(content);
  response.statusCode = request.url?.includes('forbidden') ? 403 : 404;
  const code = response.statusCode === 403 ? 'AccessDenied' : 'NoSuchKey';
  response.end(request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>x</Message></Error>`);
});
let client: S3Client;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP, so not a path
  client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
  server.closeAllConnections();
});
const store = () => createObjectStore(client, 'b');

describe('the object store', () => {
  it('reads what is there and says when there is nothing', async () => {
    expect(await store().read('ten', 10)).toEqual(Buffer.from('0123456789'));
    expect(await store().read('empty', 10)).toEqual(Buffer.alloc(0));
    expect(await store().read('nothing', 10)).toBeUndefined();
    expect(await store().size('ten')).toBe(10);
    expect(await store().size('empty')).toBe(0);
    expect(await store().size('nothing')).toBeUndefined();
  });

  it('does not take a refusal for an absence', async () => {
    await expect(store().read('forbidden', 10)).rejects.toThrow();
    await expect(store().size('forbidden')).rejects.toThrow();
  });

  it('reads nothing of an object that is larger than it should be', async () => {
    await expect(store().read('ten', 9)).rejects.toMatchObject({
      name: 'ObjectTooLarge',
      message: 's3://b/ten has 10 bytes; at most 9 are read.',
    });
  });

  it('reads JSON, and names the object that is missing', async () => {
    expect(await store().readJson('some.json')).toEqual({ a: 1 });
    await expect(store().readJson('nothing')).rejects.toThrow('s3://b/nothing does not exist.');
  });

  it('writes JSON with its type', async () => {
    await store().writeJson('out.json', { b: 2 });
    expect(written).toEqual(['/b/out.json application/json {\n  "b": 2\n}\n']);
  });
});

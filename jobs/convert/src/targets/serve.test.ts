/** The runner as a small web server: answers, refusals, and clients that do not behave. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as startRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { argmax, runReference } from '@dropforge/quantized-inference';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targets } from './targets.ts';
import { badImages } from './testing/bad-images.ts';
import { buildSmallRunner, smallModel, startRunner } from './testing/run-runner.ts';

const { height, width } = smallModel.input;
const pixels = Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * 89) & 255);

describe('dropforge-run --serve', () => {
  let directory: string;
  let child: ChildProcess;
  let url: string;
  let image: Buffer;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dropforge-serve-'));
    child = startRunner(await buildSmallRunner(targets.x86_64, directory), ['--serve', '0']);
    const [line] = await once(child.stdout ?? child, 'data');
    url = String(line).trim();
    image = await sharp(pixels, { raw: { height, width, channels: 3 } })
      .png()
      .toBuffer();
  });
  afterAll(async () => {
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    await rm(directory, { recursive: true });
  });

  const post = (body: Buffer | ReadableStream, path = '/predict') =>
    fetch(`${url}${path}`, { method: 'POST', body, ...(body instanceof Buffer ? {} : { duplex: 'half' as const }) });

  it('listens on this machine alone', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('classifies an image with the logits of the reference', async () => {
    const response = await post(image);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
    const answer = JSON.parse(await response.text());
    const logits = runReference(smallModel, pixels);
    expect(answer).toMatchObject({ logits: [...logits], classIndex: argmax(logits) });
    expect(answer.class).toBe(smallModel.classes[argmax(logits)]);
    expect(argmax(answer.probabilities)).toBe(argmax(logits));
  });

  it('says that it is well', async () => {
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' });
  });

  it('refuses what is no image by its code', async () => {
    const statuses: Record<string, number> = { IMAGE_TOO_LARGE: 413, IMAGE_WRONG_TYPE: 415 };
    for (const [name, code, content] of await badImages()) {
      const response = await post(content);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const status = statuses[code] ?? 422;
      expect(await response.json(), name).toMatchObject({ code, status, detail: expect.stringMatching(/\.$/) });
    }
  });

  it.each(['/', '/predict/', '/../../etc/passwd', '/%2e%2e/health', `/${'a'.repeat(5000)}`])(
    'knows no %s',
    async (path) => {
      const response = await rawRequest(path);
      expect([400, 404]).toContain(response.status);
    },
  );

  it('refuses a body without a length, and one that is too large before it has come', async () => {
    const stream = new Blob([new Uint8Array(image)]).stream();
    expect((await post(stream)).status).toBe(411);
    const answer = await exchange('POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*FILE_TOO_LARGE/s);
  });

  it('refuses a request that another site sent', async () => {
    expect((await rawRequest('/health', { host: 'example.com' })).status).toBe(403);
  });

  it('asks for the rest of a body that waits for a word', async () => {
    const { hostname, port } = new URL(url);
    const options = { hostname, port, path: '/predict', method: 'POST' };
    const headers = { expect: '100-continue', 'content-length': image.length };
    const sent = startRequest({ ...options, headers });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end(image);
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it.each([
    ['nothing', ''],
    ['no request', 'hello\r\n\r\n'],
    ['half a header', 'GET /health HTT'],
    ['a zero byte', 'GET /health\0 HTTP/1.1\r\n'],
    ['half a body', 'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc'],
    ['a negative length', 'POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
    ['endless headers', `GET /health HTTP/1.1\r\n${'X: y\r\n'.repeat(3000)}\r\n`],
  ])('goes on after a client that sends %s and leaves', async (_, bytes) => {
    expect(await exchange(bytes)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  /** As written, since fetch would tidy the path. */
  async function rawRequest(path: string, headers: Record<string, string> = {}): Promise<{ status: number }> {
    const { hostname, port } = new URL(url);
    const sent = startRequest({ hostname, port, path, headers }).end();
    const [response] = await once(sent, 'response');
    response.resume();
    return { status: response.statusCode };
  }

  /** Sends bytes, ends, and returns all that comes back. */
  function exchange(bytes: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined); // a reset is an answer too
    socket.end(bytes, 'latin1');
    return text(socket).catch(() => '');
  }
});

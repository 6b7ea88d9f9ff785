import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createSender, type SenderOptions } from './send-request.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function receiver(listener: RequestListener): Promise<number> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // listening on TCP, so not a path
}

const local = { testAddress: '127.0.0.1', timeoutMilliseconds: 2_000 };
const send = (url: string, options: SenderOptions = local) =>
  createSender(options)({ url, headers: { 'webhook-id': 'e1', 'content-type': 'application/json' }, body: '{"ü":1}' });

describe('a request', () => {
  it('arrives as it was made', async () => {
    let seen: unknown;
    const port = await receiver(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const { 'webhook-id': id, 'content-length': length, host } = request.headers;
      seen = { method: request.method, url: request.url, id, length, host, body };
      response.writeHead(204).end();
    });
    expect(await send(`http://127.0.0.1:${port}/hook?key=1`)).toEqual({ ok: true, status: 204 });
    expect(seen).toEqual({
      ...{ method: 'POST', url: '/hook?key=1', id: 'e1', length: '8', host: `127.0.0.1:${port}`, body: '{"ü":1}' },
    });
  });

  it('follows no redirect, and takes no other status for a success', async () => {
    let requests = 0;
    let status = 302;
    const port = await receiver((_, response) => {
      requests++;
      response.writeHead(status, { location: 'http://169.254.169.254/' }).end();
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
      ...{ ok: false, status: 302, reason: 'The receiver answered 302, a redirect, which is not followed.' },
    });
    expect(requests).toBe(1);
    status = 500;
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ ok: false, status: 500 });
  });

  it('reads nothing of an answer without end', async () => {
    let written = 0;
    const port = await receiver((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => {
        if (response.destroyed) return clearInterval(timer);
        written += 65_536;
        response.write(Buffer.alloc(65_536));
      }, 1);
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ ok: true, status: 200 });
    await expect.poll(() => server?.listening && written < 10_000_000).toBe(true);
  });

  it('is not waited for longer than it may take: connecting, silent, or resolving', async () => {
    const port = await receiver(() => undefined);
    const quick = { ...local, timeoutMilliseconds: 100 };
    const late = { ok: false, reason: 'No answer within 0.1 s.' };
    expect(await send(`http://127.0.0.1:${port}/`, quick)).toEqual(late);
    const resolve = () => new Promise<never>(() => undefined);
    expect(await send('https://example.com/', { ...quick, resolve })).toEqual(late);
  });

  it('says when nobody listens or the name is not known', async () => {
    const port = await receiver(() => undefined);
    server?.close();
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
      reason: 'The receiver could not be reached (ECONNREFUSED).',
    });
    const resolve = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await send('https://nowhere.example.com/', { ...local, resolve })).toMatchObject({
      reason: 'The receiver could not be reached (ENOTFOUND).',
    });
  });
});

describe('a name that leads inside', () => {
  const publicOnly = { testAddress: undefined, timeoutMilliseconds: 1_000 };
  const resolvingTo = (...addresses: string[]) => ({
    ...publicOnly,
    resolve: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  });

  it.each([
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['fd00:ec2::254'],
    ['::ffff:169.254.169.254'],
    ['100.64.1.1'],
    ['1.1.1.1', '10.0.0.1'],
  ])('is refused, even beside public ones: %s %s', async (...addresses) => {
    expect(await send('https://rebinding.example.com/', resolvingTo(...addresses))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('which is not public'),
    });
  });

  it('is refused when it has no address at all', async () => {
    expect(await send('https://empty.example.com/', resolvingTo())).toMatchObject({ ok: false });
  });

  it('is asked for once: the connection goes to the address that was checked', async () => {
    const greeting = Promise.withResolvers<Buffer>();
    const listener = createTcpServer((socket) => socket.once('data', (data) => greeting.resolve(data)));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo; // listening on TCP, so not a path
    let asked = 0;
    const outcome = send(`https://rebinding.example.com:${port}/`, {
      ...{ testAddress: '127.0.0.1', ports: [String(port)], timeoutMilliseconds: 500 },
      resolve: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }],
    });
    expect((await greeting.promise).includes('rebinding.example.com')).toBe(true); // TLS asks for the name all the same
    expect([(await outcome).ok, asked]).toEqual([false, 1]);
    listener.close();
  });

  it('is refused however the URL spells it', async () => {
    for (const url of ['https://2130706433/', 'https://0x7f.1/', 'https://[::1]/', 'http://example.com/'])
      expect(await send(url, publicOnly), url).toMatchObject({ ok: false });
  });
});

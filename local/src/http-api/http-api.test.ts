import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cloud, startCloud } from '../start.ts';
import { fixtureFile } from '../testing/fixture.ts';
import { functionDescription } from '../testing/function-description.ts';
import { stateFolder } from '../testing/state-folder.ts';
import { createRoutes } from './routes.ts';

describe('routes', () => {
  const find = createRoutes([
    functionDescription({ key: 'rest', routes: [{ method: 'ANY', path: '$default', authorized: false }] }),
    functionDescription({ key: 'greedy', routes: [{ method: 'ANY', path: '/runs/{proxy+}', authorized: false }] }),
    functionDescription({ key: 'run', routes: [{ method: 'GET', path: '/runs/{runId}', authorized: false }] }),
    functionDescription({ key: 'anyRun', routes: [{ method: 'ANY', path: '/runs/{runId}', authorized: false }] }),
    functionDescription({ key: 'fixed', routes: [{ method: 'GET', path: '/runs/last', authorized: false }] }),
  ]);

  it.each([
    ['GET', '/runs/last', 'fixed', {}],
    ['GET', '/runs/a%20b', 'run', { runId: 'a b' }],
    ['POST', '/runs/last', 'anyRun', { runId: 'last' }],
    ['GET', '/runs/a/b/c', 'greedy', { proxy: 'a/b/c' }],
    ['GET', '/runs/100%', 'run', { runId: '100%' }],
    ['GET', '/runs/', 'rest', {}],
    ['DELETE', '/elsewhere', 'rest', {}],
  ])('%s %s goes to %s', (method, url, target, pathParameters) => {
    expect(find(method, url)).toMatchObject({ target, pathParameters });
  });

  it('take nothing without a match', () => {
    expect(
      createRoutes([functionDescription({ key: 'a', routes: [{ method: 'GET', path: '/a', authorized: false }] })])(
        'GET',
        '/b',
      ),
    ).toBeUndefined();
  });
});

describe('the HTTP API', () => {
  let directory = '';
  let cloud: Cloud;

  beforeAll(async () => {
    directory = stateFolder('api');
    cloud = await startCloud({ directory, serverlessFile: fixtureFile });
  });

  afterAll(async () => {
    await cloud.stop();
    rmSync(directory, { recursive: true });
  });

  const call = (url: string, init?: RequestInit) => fetch(`${cloud.endpoints.api}${url}`, init);

  /** fetch joins repeated headers itself, so this goes lower. */
  async function rawGet(url: string, headers: [string, string][]): Promise<Record<string, unknown>> {
    const answer = Promise.withResolvers<string>();
    const sent = request(`${cloud.endpoints.api}${url}`, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk) => (text += chunk))
        .on('end', () => answer.resolve(text));
    });
    for (const [name, value] of headers) sent.appendHeader(name, value);
    sent.end();
    return JSON.parse(await answer.promise);
  }

  it('hands over a request as payload format 2.0', async () => {
    const event = await rawGet('/echo/a%20b?tag=1&tag=2&empty=', [
      ['Cookie', 'a=1; b=2'],
      ['X-Many', 'one'],
      ['X-Many', 'two'],
      ['User-Agent', 'test'],
    ]);
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /echo/{name}',
      rawPath: '/echo/a%20b',
      rawQueryString: 'tag=1&tag=2&empty=',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({ 'x-many': 'one,two', host: new URL(cloud.endpoints.api).host }),
      queryStringParameters: { tag: '1,2', empty: '' },
      pathParameters: { name: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: new URL(cloud.endpoints.api).host,
        domainPrefix: '127',
        http: { method: 'GET', path: '/echo/a%20b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: expect.any(String),
        routeKey: 'GET /echo/{name}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      isBase64Encoded: false,
    });
    expect(event.headers).not.toHaveProperty('cookie');
  });

  it('leaves text bodies alone and encodes all others', async () => {
    const send = async (contentType: string, body: string | Uint8Array<ArrayBuffer>) => {
      const response = await call('/echo/x', { method: 'POST', headers: { 'content-type': contentType }, body });
      return (await response.json()) as { body: string; isBase64Encoded: boolean }; // the fixture echoes the event
    };
    expect(await send('application/json; charset=utf-8', '{"ü":1}')).toMatchObject({
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
    expect(await send('image/png', new Uint8Array([0, 255]))).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });

  it.each([
    ['bare', 200, 'application/json', '{"bare":true}'],
    ['text', 200, 'application/json', 'only text'],
    ['throw', 500, 'application/json', '{"message":"Internal Server Error"}'],
    ['binary', 201, null, '\u0000�'],
  ])('answers a function that returns %s with %d', async (answer, status, contentType, body) => {
    const response = await call(`/echo/x?answer=${answer}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, contentType]);
    expect(await response.text()).toBe(body);
  });

  it('passes on headers and cookies', async () => {
    const response = await call('/echo/x?answer=cookies');
    expect([response.status, response.headers.get('x-number')]).toEqual([204, '7']);
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
  });

  it('answers 404 where there is no route and 413 to a body over 10 MB', async () => {
    const missing = await call('/nowhere');
    expect([missing.status, await missing.json()]).toEqual([404, { message: 'Not Found' }]);
    const large = await call('/echo/x', { method: 'POST', body: new Uint8Array(10 * 1024 * 1024 + 1) });
    expect([large.status, await large.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  });

  it('answers preflights of allowed origins itself', async () => {
    const preflight = (origin: string) =>
      call('/echo/x', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await preflight('http://localhost:8080');
    expect([allowed.status, Object.fromEntries(allowed.headers)]).toMatchObject([
      204,
      {
        'access-control-allow-origin': 'http://localhost:8080',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '60',
      },
    ]);
    expect((await preflight('http://elsewhere')).headers.get('access-control-allow-origin')).toBeNull();
    const request = await call('/echo/x', { headers: { origin: 'http://localhost:8080' } });
    expect(request.headers.get('access-control-allow-origin')).toBe('http://localhost:8080');
  });
});

import { createMemoryRunStore } from '@dropforge/pipeline-state';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpRequest } from './http-request.ts';
import { answer, type Route } from './on-http.ts';
import { Problem, parseRequest } from './problem.ts';

const kit = { runs: createMemoryRunStore(), publish: async () => new Set<string>(), now: () => new Date() };

/** One request in API Gateway's payload 2.0, and what the route makes of it. */
async function ask(change: object, route: Route<undefined> = async (request) => ({ status: 200, body: request })) {
  const event = {
    version: '2.0',
    routeKey: 'POST /things',
    rawPath: '/things',
    headers: { 'content-type': 'application/json' },
    requestContext: {},
    isBase64Encoded: false,
    ...change,
  } as unknown as APIGatewayProxyEventV2; // as much of it as the kit reads
  const answered = await answer(
    event,
    { 'POST /things': route },
    () => undefined,
    () => kit,
  );
  return { ...answered, body: answered.body === undefined ? undefined : JSON.parse(answered.body) };
}

const seen = async (change: object): Promise<HttpRequest> => (await ask(change)).body;

describe('what a route is given', () => {
  it('has lower-case header names, however they were sent; repeated ones are joined already', async () => {
    const { headers } = await seen({ headers: { 'Idempotency-KEY': 'a', accept: 'x, y', 'X-Gone': undefined } });
    expect(headers).toEqual({ 'idempotency-key': 'a', accept: 'x, y', 'x-gone': '' });
    const twice = await seen({ headers: { 'X-Same': 'a', 'x-same': 'b', ['__proto__']: 'c' } });
    expect(twice.headers['x-same']).toBe('a,b');
    expect(twice).not.toHaveProperty('c');
  });

  it('has parsed JSON, also of a body that came as base64', async () => {
    expect((await seen({ body: '{"a":"猫"}' })).body).toEqual({ a: '猫' });
    const body = Buffer.from('{"a":"猫"}').toString('base64');
    expect((await seen({ body, isBase64Encoded: true })).body).toEqual({ a: '猫' });
  });

  it('has nothing where nothing was sent', async () => {
    const request = await seen({ headers: undefined, body: undefined, pathParameters: null });
    expect(request).toMatchObject({ path: {}, query: {}, headers: {}, caller: 'anonymous' });
    expect(request.body).toBeUndefined();
    expect((await seen({ body: '' })).body).toBeUndefined();
  });

  it('has the path and the query, with a custom domain and cookies beside them', async () => {
    const request = await seen({
      rawPath: '/mapped/things',
      cookies: ['a=1', 'b=2'],
      pathParameters: { runId: 'r' },
      queryStringParameters: { limit: '5', tag: 'a,b' },
    });
    expect(request).toMatchObject({ path: { runId: 'r' }, query: { limit: '5', tag: 'a,b' } });
  });

  it('has the caller whom the authorizer named, cut to what events carry', async () => {
    const caller = async (authorizer: object) => (await seen({ requestContext: { authorizer } })).caller;
    const email = 'ana@example.com';
    expect(await caller({ jwt: { claims: { email, email_verified: 'true', sub: '1' } } })).toBe(`${email} (1)`);
    expect(await caller({ jwt: { claims: { email, sub: '1' } } })).toBe('1'); // anybody can write an address down
    expect(await caller({ jwt: { claims: { sub: 'a\nb\u202e' } } })).toBe('a\uFFFDb\uFFFD');
    expect(await caller({ jwt: { claims: {} }, iam: { userArn: 'arn:aws:iam::1:user/ana' } })).toBe('anonymous');
    expect(await caller({ iam: { userArn: 'arn:aws:iam::1:user/ana' } })).toBe('arn:aws:iam::1:user/ana');
    expect(await caller({ iam: { userArn: `arn:aws:sts::1:assumed-role/${'r'.repeat(300)}` } })).toHaveLength(200);
    expect(await caller({})).toBe('anonymous');
  });
});

describe('the projects of a caller', () => {
  const projects = async (claims: object) =>
    (await seen({ requestContext: { authorizer: { jwt: { claims: { sub: '1', ...claims } } } } })).projects;

  it('are all, unless the token names some', async () => {
    expect(await projects({})).toBeUndefined();
    expect(
      (await seen({ requestContext: { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/ana' } } } })).projects,
    ).toBe(undefined);
  });

  it('are those that the token names, in each form that it may take; none for an empty claim', async () => {
    for (const claim of ['flowers birds', '[flowers birds]', 'flowers,birds', ['flowers', 'birds']])
      expect(await projects({ dropforge_projects: claim })).toEqual(['flowers', 'birds']);
    for (const claim of ['', '[]', []]) expect(await projects({ dropforge_projects: claim })).toEqual([]);
  });
});

describe('what is answered', () => {
  it("has the route's status, body and headers", async () => {
    const route = async () => ({ status: 201, body: { a: 1 }, headers: { location: '/things/1' } });
    expect(await ask({}, route)).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', location: '/things/1' },
      body: { a: 1 },
    });
  });

  it('is a problem document when a route has a problem', async () => {
    const answered = await ask({}, async () => {
      throw new Problem(409, 'NOT_POSSIBLE_NOW', 'Not now.', { state: 'failed' });
    });
    expect(answered).toEqual({
      statusCode: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'https://dropforge.dev/problems/not-possible-now',
        title: 'NOT_POSSIBLE_NOW',
        status: 409,
        detail: 'Not now.',
        instance: '/things',
        code: 'NOT_POSSIBLE_NOW',
        state: 'failed',
      },
    });
  });

  it('says that there is no such route, and that a body is no JSON', async () => {
    expect(await ask({ routeKey: '$default', rawPath: '/nowhere' })).toMatchObject({
      statusCode: 404,
      body: { code: 'NO_SUCH_ROUTE', detail: 'There is no such route.', instance: '/nowhere' },
    });
    expect(await ask({ routeKey: 'constructor' })).toMatchObject({ statusCode: 404 });
    for (const body of ['{', 'a=1', '\u0000', '\ufeff{}'.slice(0, 1), '['.repeat(400_000)])
      expect(await ask({ body })).toMatchObject({ statusCode: 400, body: { code: 'BODY_NOT_JSON' } });
  });

  it('refuses bytes that are not UTF-8, base64 that is none, and a body without end', async () => {
    const sent = (body: string, isBase64Encoded = true) => ask({ body, isBase64Encoded });
    expect(await sent(Buffer.from([0x22, 0xff, 0x22]).toString('base64'))).toMatchObject({
      statusCode: 400,
      body: { code: 'BODY_NOT_JSON' },
    });
    for (const body of ['{"a":1}', 'e30=====', 'e', 'e3 0='])
      expect(await sent(body), body).toMatchObject({ statusCode: 400, body: { code: 'BODY_NOT_BASE64' } });
    const large = JSON.stringify('x'.repeat(512 * 1024));
    expect(await sent(large, false)).toMatchObject({ statusCode: 413, body: { code: 'BODY_TOO_LARGE' } });
    expect(await sent(Buffer.from(large).toString('base64'))).toMatchObject({ statusCode: 413 });
  });

  it.each([
    [undefined, 415],
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=latin1', 415],
    ['application/json, text/plain', 415],
    ['application/jsonp', 415],
    ['application/json', 200],
    ['Application/JSON; charset="UTF-8"', 200],
  ])('has status with the content type %s: %d', async (contentType, statusCode) => {
    const headers = contentType ? { 'Content-Type': contentType } : {};
    expect(await ask({ headers, body: '{}' })).toMatchObject({ statusCode });
    expect(await ask({ headers }), 'without a body').toMatchObject({ statusCode: 200 });
  });

  it("names every field of a request that is wrong, and blames nobody's request for a fault of ours", async () => {
    const Schema = z.strictObject({ name: z.string(), size: z.object({ width: z.int() }) });
    const checked: Route<undefined> = async ({ body }) => ({ status: 200, body: parseRequest(Schema, body) });
    expect(await ask({ body: '{"size":{"width":1.5}}' }, checked)).toMatchObject({
      statusCode: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ field: 'name' }, { field: 'size.width' }] },
    });
    expect(await ask({}, async () => ({ status: 200, body: Schema.parse({}) }))).toMatchObject({ statusCode: 500 });
  });

  it('tells a stranger nothing of an error inside', async () => {
    const answered = await ask({}, async () => {
      throw new Error('password is hunter2');
    });
    expect(answered).toMatchObject({ statusCode: 500, body: { code: 'INTERNAL_ERROR' } });
    expect(JSON.stringify(answered)).not.toContain('hunter2');
  });
});

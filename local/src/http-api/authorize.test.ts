import { createServer, request as httpRequest, type Server } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Identity } from '../access/identities.ts';
import { closeServer, listen } from '../listen.ts';
import { type Authorization, authorize } from './authorize.ts';

const now = Date.UTC(2026, 0, 1, 12);
const credentials = { accessKeyId: 'dropforge', secretAccessKey: 'dropforge' };
const account: Identity = {
  ...{ kind: 'account', name: 'account', arn: 'arn:aws:iam::000000000000:root', statements: undefined, context: {} },
  ...credentials,
};
let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const body = Buffer.concat(await request.toArray());
    const identities = { find: (key: string) => (key === credentials.accessKeyId ? account : undefined) };
    const result = authorize({ request, path, query, body }, { identities, accountId: '000000000000', now });
    response.end(JSON.stringify(result));
  });
  base = await listen(server, 'test', 0);
});
afterAll(() => closeServer(server));

interface Change {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly body?: string;
  readonly at?: number;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly service?: string;
  /** Changes the request after it was signed. */
  readonly tamper?: (sent: { path: string; body: string; headers: Record<string, string> }) => void;
}

/** Signs as AWS's own library does, then sends. */
async function signed(change: Change = {}): Promise<Authorization> {
  const { method = 'POST', path = '/runs', query = {}, body = '{"a":1}' } = change;
  const { accessKeyId, secretAccessKey } = { ...credentials, ...change };
  const { service = 'execute-api' } = change;
  const signer = new SignatureV4({
    ...{ service, region: 'eu-west-1', sha256: Sha256, credentials: { accessKeyId, secretAccessKey } },
  });
  const { hostname, port, host } = new URL(base);
  const headers = { host, 'content-type': 'application/json' };
  const unsigned = { method, protocol: 'http:', hostname, port: Number(port), path, query, headers, body };
  const { headers: proven } = await signer.sign(unsigned, { signingDate: new Date(change.at ?? now) });
  const sent = { path, body, headers: proven };
  change.tamper?.(sent);
  const search = new URLSearchParams(query).toString();
  return send(method, `${sent.path}${search ? `?${search}` : ''}`, sent.headers, sent.body);
}

async function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Authorization> {
  const answered = Promise.withResolvers<string>();
  const sent = httpRequest(`${base}${path}`, { method, headers }, async (response) =>
    answered.resolve(Buffer.concat(await response.toArray()).toString()),
  );
  sent.end(body);
  return JSON.parse(await answered.promise);
}

const forbidden = { allowed: false, status: 403, message: 'Forbidden' };

describe('a signed request', () => {
  it.each<[string, Change]>([
    ['with a body', {}],
    ['without one', { method: 'GET', body: '' }],
    ['with a query', { method: 'GET', body: '', query: { limit: '5', project: 'red flowers/ä+b', empty: '' } }],
    ['with a path that needs escapes', { method: 'GET', body: '', path: '/runs/a%20b%2Fc' }],
    ['four minutes old', { at: now - 240_000 }],
  ])('%s names its caller', async (_, change) => {
    expect(await signed(change)).toEqual({
      allowed: true,
      authorizer: {
        iam: expect.objectContaining({ userArn: account.arn, accessKey: 'dropforge', accountId: '000000000000' }),
      },
    });
  });

  it.each<[string, Change]>([
    ['with another secret', { secretAccessKey: 'guessed' }],
    ['with a key that nobody has', { accessKeyId: 'AKIASTRANGER' }],
    ['for another service', { service: 's3' }],
    ['six minutes old', { at: now - 360_000 }],
    ['of tomorrow', { at: now + 86_400_000 }],
    ['whose body was changed', { tamper: (sent) => (sent.body = '{"a":2}') }],
    ['whose path was changed', { tamper: (sent) => (sent.path = '/models') }],
    ['whose type was changed', { tamper: ({ headers }) => (headers['content-type'] = 'text/plain') }],
    [
      'whose signature is cut',
      { tamper: ({ headers }) => (headers.authorization = headers.authorization?.slice(0, -1) ?? '') },
    ],
    ['whose signature is empty', { tamper: ({ headers }) => (headers.authorization = 'AWS4-HMAC-SHA256 ') }],
  ])('%s is refused', async (_, change) => {
    expect(await signed(change)).toEqual(forbidden);
  });
});

describe('an unsigned request', () => {
  it('is taken from this machine', async () => {
    expect(await send('GET', '/runs', {})).toEqual({ allowed: true });
    const { port } = new URL(base);
    expect(await send('GET', '/runs', { host: `localhost:${port}`, origin: 'http://localhost:8080' })).toEqual({
      allowed: true,
    });
  });

  it.each([
    { host: 'evil.example.com' },
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { host: '10.0.0.1' },
  ])('that a page of another site has sent is refused: %o', async (headers) =>
    expect(await send('POST', '/runs/x/cancel', headers)).toEqual(forbidden),
  );
});

it('refuses a token, whose issuer nobody here knows', async () => {
  for (const authorization of ['Bearer x', 'Basic eDp5', ''])
    expect(await send('GET', '/runs', { authorization })).toMatchObject({ allowed: false, status: 401 });
});

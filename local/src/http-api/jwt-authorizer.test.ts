import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../listen.ts';
import { createJwtAuthorizer, type JwtAuthorizer } from './jwt-authorizer.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const now = Date.UTC(2026, 0, 1, 12);
const seconds = now / 1_000;
let issuerServer: Server;
let issuer = '';
let keys: object[];
let authorizer: JwtAuthorizer;
let refusals: string[];

const published = (kid: string, { publicKey }: { publicKey: typeof rsa.publicKey } = rsa) => ({
  ...{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' },
});

beforeAll(async () => {
  issuerServer = createServer(({ url }, response) => {
    const jwks_uri = `${issuer}/keys`;
    if (url === '/.well-known/openid-configuration') response.end(JSON.stringify({ issuer, jwks_uri }));
    else if (url === '/keys') response.end(JSON.stringify({ keys }));
    else response.writeHead(404).end();
  });
  issuer = await listen(issuerServer, 'issuer', 0);
});
afterAll(() => closeServer(issuerServer));
beforeEach(() => {
  keys = [published('one'), published('curve', elliptic)];
  refusals = [];
  authorizer = createJwtAuthorizer({ issuer, audience: ['dropforge', 'other'], log: (line) => refusals.push(line) });
});

interface Token {
  readonly header?: object;
  readonly claims?: object;
  /** Base64url of the signature over header and claims. */
  readonly sign?: (text: string) => string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const bySha = (hash: string) => (text: string) => createSign(hash).update(text).sign(rsa.privateKey, 'base64url');

function token({ header = {}, claims = {}, sign = bySha('sha256') }: Token = {}): string {
  const good = { iss: issuer, aud: 'dropforge', sub: 'ana', iat: seconds - 60, exp: seconds + 60 };
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one', ...header })}.${encode({ ...good, ...claims })}`;
  return `${text}.${sign(text)}`;
}
const check = (sent: string | undefined, scopes: string[] = []) => authorizer.check(sent, scopes, now);

describe('a token', () => {
  it('of the issuer for this audience names its subject, every claim as a text', async () => {
    const claims = { dropforge_projects: ['a', 'b'], email_verified: true };
    expect(await check(`Bearer ${token({ claims })}`)).toEqual({
      claims: {
        ...{ iss: issuer, aud: 'dropforge', sub: 'ana', iat: String(seconds - 60), exp: String(seconds + 60) },
        ...{ dropforge_projects: '[a b]', email_verified: 'true' },
      },
      scopes: null,
    });
    expect(refusals).toEqual([]);
  });

  it.each<[string, Token]>([
    ['without the word Bearer', {}],
    ['for several audiences', { claims: { aud: ['else', 'other'] } }],
    ['for a client, without an audience', { claims: { aud: undefined, client_id: 'other' } }],
    ['signed with SHA-512', { header: { alg: 'RS512' }, sign: bySha('sha512') }],
  ])('%s is taken', async (_, change) => {
    expect(await check(token(change))).toMatchObject({ claims: { sub: 'ana' } });
  });

  it.each<[string, Token, string]>([
    ['has expired', { claims: { exp: seconds } }, 'expired'],
    ['never expires', { claims: { exp: undefined } }, 'exp'],
    ['is not valid yet', { claims: { nbf: seconds + 1 } }, 'not valid yet'],
    ['was issued in the future', { claims: { iat: seconds + 1 } }, 'not valid yet'],
    ['is meant for somebody else', { claims: { aud: 'else' } }, 'meant for else'],
    ['is meant for somebody else, whatever its client', { claims: { aud: 'else', client_id: 'dropforge' } }, 'else'],
    ['is meant for nobody', { claims: { aud: undefined } }, 'meant for nobody'],
    ['has another issuer', { claims: { iss: 'https://issuer.example' } }, 'its issuer is'],
    ['names a key that the issuer does not have', { header: { kid: 'two' } }, 'no RSA key'],
    ['names no key', { header: { kid: undefined } }, 'kid'],
    ['is not signed', { header: { alg: 'none' }, sign: () => '' }, 'alg'],
    ['says RS256 and is not signed', { sign: () => '' }, 'signature'],
    ['names a critical extension', { header: { crit: ['b64'] } }, 'crit'],
    ['was signed by another hash than it says', { sign: bySha('sha512') }, 'signature'],
    [
      'was signed with the public key as a secret',
      {
        header: { alg: 'HS256' },
        sign: (text) =>
          createHmac('sha256', rsa.publicKey.export({ type: 'spki', format: 'pem' }))
            .update(text)
            .digest('base64url'),
      },
      'alg',
    ],
    [
      'was signed on a curve',
      {
        header: { alg: 'ES256', kid: 'curve' },
        sign: (text) => createSign('sha256').update(text).sign(elliptic.privateKey, 'base64url'),
      },
      'alg',
    ],
  ])('that %s is refused', async (_, change, why) => {
    expect(await check(token(change))).toBe('unauthorized');
    expect(refusals).toEqual([expect.stringMatching(new RegExp(`^TOKEN_REFUSED: .*${why}`))]);
  });

  it('whose claims were changed is refused', async () => {
    const [head, , signature] = token().split('.');
    const [, body] = token({ claims: { sub: 'bob' } }).split('.');
    expect(await check(`${head}.${body}.${signature}`)).toBe('unauthorized');
  });

  it('may be any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.array(fc.base64String(), { maxLength: 4 }),
        async (text, parts) => {
          for (const sent of [text, parts.join('.'), `Bearer ${text}`]) expect(await check(sent)).toBe('unauthorized');
        },
      ),
      { numRuns: 200 },
    );
    expect(await check(undefined)).toBe('unauthorized');
  });
});

describe('a route that asks for scopes', () => {
  it.each([
    [{ scope: 'runs:read runs:write' }, ['runs:write']],
    [{ scp: ['runs:write', 'x'] }, ['runs:write']],
    [{ scp: 'runs:write' }, ['runs:write']],
  ])('takes a token with %o', async (claims, scopes) => {
    expect(await check(token({ claims }), ['runs:write', 'admin'])).toMatchObject({ scopes });
  });

  it.each([{}, { scope: 'runs:writer' }, { scope: '' }])('forbids one with %o', async (claims) => {
    expect(await check(token({ claims }), ['runs:write'])).toBe('forbidden');
  });
});

describe('the issuer', () => {
  it('may change its keys', async () => {
    expect(await check(token({ header: { kid: 'two' } }))).toBe('unauthorized');
    keys = [published('two')];
    expect(await check(token({ header: { kid: 'two' } }))).toMatchObject({ claims: { sub: 'ana' } });
  });

  it('that does not answer lets nobody in, and is named', async () => {
    const absent = createJwtAuthorizer({
      issuer: `${issuer}/nowhere`,
      audience: [],
      log: (line) => refusals.push(line),
    });
    expect(await absent.check(token(), [], now)).toBe('unauthorized');
    expect(refusals).toEqual([expect.stringContaining('/nowhere/.well-known/openid-configuration answered 404')]);
  });
});

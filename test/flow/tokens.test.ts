/** The HTTP API of a deployment that takes tokens: `--param apiAuthorizer=jwt`. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Cloud, startCloud } from '@dropforge/local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateFolder } from '../../local/src/testing/state-folder.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let directory = '';
let issuerServer: Server;
let issuer = '';
let cloud: Cloud;

beforeAll(async () => {
  directory = stateFolder('tokens');
  issuerServer = createServer(({ url }, response) => {
    const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }];
    response.end(JSON.stringify(url === '/keys' ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve));
  const { port } = issuerServer.address() as AddressInfo; // listens on TCP, so not a path
  issuer = `http://127.0.0.1:${port}`;
  cloud = await startCloud({
    directory,
    serverlessFile: fileURLToPath(new URL('../../serverless.yml', import.meta.url)),
    parameters: { apiAuthorizer: 'jwt', jwtIssuer: issuer, jwtAudience: 'our-api' },
  });
});
afterAll(async () => {
  await cloud?.stop();
  issuerServer.close();
  rmSync(directory, { recursive: true });
});

function token(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const good = { iss: issuer, aud: 'our-api', sub: 'ana', exp: Math.floor(Date.now() / 1_000) + 600 };
  const text = `${encode({ alg: 'RS256', kid: 'one' })}.${encode({ ...good, ...claims })}`;
  return `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`;
}

async function post(path: string, authorization: string | undefined): Promise<[number, unknown]> {
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) };
  const body = JSON.stringify({ project: 'flowers', drop: 'first', fileName: 'flowers.zip' });
  const response = await fetch(`${cloud.endpoints.api}${path}`, { method: 'POST', headers, body });
  return [response.status, await response.json()];
}

it('lets a token in, for the projects that it names', async () => {
  expect(await post('/uploads', `Bearer ${token({})}`)).toMatchObject([
    201,
    { key: 'drops/flowers/first/flowers.zip' },
  ]);
  expect((await post('/uploads', `Bearer ${token({ dropforge_projects: ['flowers'] })}`))[0]).toBe(201);
  expect(await post('/uploads', `Bearer ${token({ dropforge_projects: ['birds'] })}`)).toMatchObject([
    403,
    { code: 'PROJECT_NOT_ALLOWED' },
  ]);
});

it('lets in neither a stranger nor a signature, not even from this machine', async () => {
  const unauthorized = [401, { message: 'Unauthorized' }];
  expect(await post('/uploads', undefined)).toEqual(unauthorized);
  expect(await post('/uploads', `Bearer ${token({ aud: 'their-api' })}`)).toEqual(unauthorized);
  expect(await post('/uploads', 'AWS4-HMAC-SHA256 Credential=dropforge/20260101/us-east-1/execute-api')).toEqual(
    unauthorized,
  );
});

it('leaves open what asks for no authorizer', async () => {
  expect((await fetch(`${cloud.endpoints.api}/health`)).status).toBe(200);
});

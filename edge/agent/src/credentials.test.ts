import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createCredentials } from './credentials.ts';

it("asks Greengrass's token exchange service, with its token, and again only when the credentials end", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const Expiration = '2026-01-01T01:00:00Z';
    response.end(JSON.stringify({ AccessKeyId: `key-${asked.length}`, SecretAccessKey: 's', Token: 't', Expiration }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on TCP, so not a path
  const environment = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/2016-11-01/credentialprovider/`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
  };
  let now = new Date('2026-01-01T00:00:00Z');
  const credentials = createCredentials(environment, () => now);
  expect(await credentials()).toEqual({ accessKeyId: 'key-1', secretAccessKey: 's', sessionToken: 't' });
  expect((await credentials()).accessKeyId).toBe('key-1');
  now = new Date('2026-01-01T00:56:00Z');
  expect((await credentials()).accessKeyId).toBe('key-2');
  expect(asked).toEqual(['token', 'token']);
  server.close();
});

it('says what is missing when there are none', async () => {
  await expect(createCredentials({}, () => new Date())()).rejects.toThrow('AWS_CONTAINER_CREDENTIALS_FULL_URI');
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dynamo } from './clients.ts';

describe('a client that was told to slow down once', () => {
  let server: Server;
  let calls = 0;

  beforeEach(async () => {
    calls = 0;
    server = createServer((request, response) => {
      request.resume();
      const throttled = ++calls === 3;
      response.writeHead(throttled ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(throttled ? JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }) : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo; // a TCP server's address is no string
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.close();
  });

  it('tries that call again and hurries on: the calls after it do not wait', async () => {
    const client = dynamo();
    const begun = performance.now();
    for (let call = 0; call < 20; call++) await client.send(new GetCommand({ TableName: 'table', Key: { pk: 'a' } }));
    client.destroy();
    expect(calls).toBe(21);
    expect(performance.now() - begun).toBeLessThan(2_500);
  });
});

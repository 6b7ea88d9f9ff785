import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBuilds } from './builds.ts';
import { createRegistry } from './registry.ts';

/** The SDK's requests on the wire, and AWS's documented answers. */
describe('the SDK adapters', () => {
  let server: Server;
  let asked: { action: string; body: unknown }[];
  let answer: { status?: number; body: unknown };

  beforeEach(async () => {
    asked = [];
    server = createServer(async (request, response) => {
      const [, action = ''] = String(request.headers['x-amz-target']).split('.');
      asked.push({ action, body: JSON.parse(await text(request)) });
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer.body));
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const { port } = server.address() as AddressInfo; // it listens on TCP
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it('find the digest of a tag', async () => {
    answer = { body: { images: [{ imageId: { imageDigest: 'sha256:1', imageTag: 'cpu-1' } }], failures: [] } };
    const digest = await createRegistry('eu-west-1').digestOf('host/dropforge-train-dev', 'cpu-1');
    expect(digest).toBe('sha256:1');
    expect(asked).toEqual([
      { action: 'BatchGetImage', body: { repositoryName: 'dropforge-train-dev', imageIds: [{ imageTag: 'cpu-1' }] } },
    ]);
  });

  it('find no digest for a tag that is not there', async () => {
    answer = { body: { images: [], failures: [{ failureCode: 'ImageNotFound' }] } };
    expect(await createRegistry('eu-west-1').digestOf('host/x', 'y')).toBeUndefined();
  });

  it('take the password out of the token', async () => {
    const authorizationToken = Buffer.from('AWS:the password').toString('base64');
    answer = { body: { authorizationData: [{ authorizationToken }] } };
    expect(await createRegistry('eu-west-1').password()).toBe('the password');
  });

  it('start a build of a zip with variables', async () => {
    answer = { body: { build: { id: 'images:1' } } };
    expect(await createBuilds('eu-west-1').start('images', 'bucket/key.zip', { IMAGES: 'a' })).toBe('images:1');
    expect(asked).toEqual([
      {
        action: 'StartBuild',
        body: {
          projectName: 'images',
          sourceTypeOverride: 'S3',
          sourceLocationOverride: 'bucket/key.zip',
          environmentVariablesOverride: [{ name: 'IMAGES', value: 'a' }],
        },
      },
    ]);
  });

  it('tell what the failed phases of a build say', async () => {
    const phases = [
      { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED', contexts: [] },
      { phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ statusCode: 'X', message: 'exit status 1' }] },
      { phaseType: 'COMPLETED' },
    ];
    answer = {
      body: {
        builds: [{ buildStatus: 'FAILED', currentPhase: 'COMPLETED', phases, logs: { deepLink: 'https://log' } }],
      },
    };
    expect(await createBuilds('eu-west-1').look('images:1')).toEqual({
      status: 'FAILED',
      phase: 'COMPLETED',
      reasons: ['BUILD: exit status 1'],
      log: 'https://log',
    });
  });

  it.each([
    ['ResourceNotFoundException', 'BUILD_REFUSED'],
    ['AccountLimitExceededException', 'BUILD_REFUSED'],
    ['AccessDeniedException', 'NOT_ALLOWED'],
  ])('explain %s', async (type, code) => {
    answer = { status: 400, body: { __type: type, message: 'because' } };
    await expect(createBuilds('eu-west-1').start('images', 'b/k', {})).rejects.toMatchObject({ code });
  });
});

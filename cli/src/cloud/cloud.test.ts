import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signRequest } from '../api/sign-request.ts';
import { type FakeApi, startFakeApi } from '../testing/fake-api.ts';
import { type CommandOptions, runCommand } from '../testing/run-command.ts';
import { findEmbeddedCloud } from './embedded-cloud.ts';

let directory = '';
let api: FakeApi;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'dropforge-where-'));
  mkdirSync(path.join(directory, '.dropforge'));
  mkdirSync(path.join(directory, 'a/b'), { recursive: true });
  api = await startFakeApi({
    listRuns: () => ({ runs: [] }),
    health: () => ({ status: 'ok', checks: { table: 'ok', bucket: 'ok' } }),
  });
});

afterEach(() => {
  api.close();
  rmSync(directory, { recursive: true });
});

/** A process that surely is none. */
const deadPid = 2 ** 22 + 1;

function announce({ pid = process.pid, apiUrl = api.url, takesTokens = false } = {}): void {
  const environment = {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  writeFileSync(
    path.join(directory, '.dropforge/cloud.json'),
    JSON.stringify({ pid, takesTokens, endpoints: { api: apiUrl }, environment }),
  );
}

const find = (folder = directory) => findEmbeddedCloud(folder, undefined, folder);
const run = (args: readonly string[], environment: CommandOptions['environment'] = {}) =>
  runCommand(args, { directory, environment: { XDG_CONFIG_HOME: path.join(directory, 'config'), ...environment } });

describe('the embedded cloud', () => {
  it('is found from its folder and from every folder below', async () => {
    announce();
    expect((await find()).apiUrl).toBe(api.url);
    expect((await find(path.join(directory, 'a/b'))).apiUrl).toBe(api.url);
    expect((await runCommand(['runs'], { directory: path.join(directory, 'a/b') })).code).toBe(0);
  });

  it('is not one that ended, and the way to start one is named', async () => {
    announce({ pid: deadPid });
    await expect(find()).rejects.toMatchObject({
      code: 'NO_CLOUD',
      exit: 'unreachable',
      action: expect.stringContaining('npm start'),
    });
  });

  it('is never a stranger that a file of the folder names', async () => {
    announce({ apiUrl: 'https://example.com' });
    await expect(find()).rejects.toMatchObject({ code: 'NO_CLOUD' });
    for (const content of ['', '{', '[]', '{"pid":"1"}']) {
      writeFileSync(path.join(directory, '.dropforge/cloud.json'), content);
      await expect(find()).rejects.toMatchObject({ code: 'NO_CLOUD' });
    }
  });
});

describe('a stage', () => {
  it('is remembered once it has answered, and used by its name', async () => {
    const connected = await run([
      'connect',
      'prod',
      '--api',
      api.url,
      '--bucket',
      'my-bucket',
      '--region',
      'eu-west-1',
    ]);
    expect(connected).toMatchObject({ code: 0, out: expect.stringContaining('dropforge runs --stage prod') });
    expect(JSON.parse(readFileSync(path.join(directory, 'config/dropforge/prod.json'), 'utf8'))).toEqual({
      ...{ api: api.url, bucket: 'my-bucket', region: 'eu-west-1', auth: 'none' },
    });
    expect((await run(['runs', '--stage', 'prod'])).code).toBe(0);
    expect((await run(['runs'], { DROPFORGE_STAGE: 'prod' })).code).toBe(0);
    expect(api.requests.map(({ route }) => route)).toEqual(['GET /health', 'GET /runs', 'GET /runs']);
  });

  it.each([
    [['connect', 'prod'], 2, 'STAGE_INCOMPLETE'],
    [
      ['connect', '../prod', '--api', 'https://x.example', '--bucket', 'b-b', '--region', 'eu-west-1'],
      2,
      'STAGE_NAME_INVALID',
    ],
    [
      ['connect', 'prod', '--api', 'http://127.0.0.1:9', '--bucket', 'b-b', '--region', 'eu-west-1'],
      3,
      'API_NOT_REACHABLE',
    ],
    [['runs', '--stage', 'nope'], 3, 'STAGE_UNKNOWN'],
  ])('%j ends with %i and says %s', async (args, code, name) => {
    expect(await run(args)).toMatchObject({ code, err: expect.stringContaining(`(${name})`) });
  });

  it('whose file is damaged is to be connected again', async () => {
    mkdirSync(path.join(directory, 'config/dropforge'), { recursive: true });
    writeFileSync(path.join(directory, 'config/dropforge/prod.json'), '{"api":1}');
    expect(await run(['runs', '--stage', 'prod'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('(STAGE_FILE_INVALID)'),
    });
  });
});

describe('who asks', () => {
  it('is proved by a token to an embedded cloud that takes them, and to no other', async () => {
    const sent = async () => {
      await run(['runs'], { DROPFORGE_TOKEN: 'secret' });
      return api.requests.at(-1)?.headers.authorization;
    };
    announce();
    expect(await sent()).toBeUndefined();
    announce({ takesTokens: true });
    expect(await sent()).toBe('Bearer secret');
  });

  it('is proved by a token, which never goes over an open line', async () => {
    expect((await run(['runs', '--api', api.url], { DROPFORGE_TOKEN: 'secret' })).code).toBe(0);
    expect(api.requests[0]?.headers.authorization).toBe('Bearer secret');
    const { code, err } = await run(['runs', '--api', 'http://example.com'], { DROPFORGE_TOKEN: 'secret' });
    expect(code).toBe(1);
    expect(err).toContain('(CONNECTION_NOT_SECURE)');
  });

  it('is proved by a signature of AWS, over path, query and body', async () => {
    const credentials = async () => ({ accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'session' });
    const sign = (body: string) =>
      signRequest(
        {
          method: 'POST',
          url: new URL('https://api.example/runs?limit=2'),
          headers: { 'content-type': 'application/json' },
          body,
        },
        'eu-west-1',
        credentials,
      );
    const [signed, other] = [await sign('{}'), await sign('{"a":1}')];
    expect(signed).toMatchObject({ 'x-amz-security-token': 'session' });
    expect(signed.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=content-type;host;/,
    );
    expect(signed).not.toHaveProperty('host');
    expect(other.authorization?.split('Signature=')[1]).not.toBe(signed.authorization?.split('Signature=')[1]);
  });
});
